//! An API server takes the definitions, and keeps what they say.

use kube::Resource;
use kube::api::{Api, ApiResource, DynamicObject, PostParams};
use myop::testing::{Cluster, Result};
use parity::choices::{Choice, Fixed};
use serde_json::{Value, json};

/// Objects of a kind, with whatever is in them.
fn objects<K: Resource<DynamicType = ()>>(cluster: &Cluster) -> Api<DynamicObject> {
    Api::namespaced_with(cluster.client(), "default", &ApiResource::erase::<K>(&()))
}

/// What the server says against a region.
async fn refusal(fixed: &Api<DynamicObject>, region: Option<Value>) -> Result<Option<String>> {
    let mut object = fixed.get("fixed").await?;
    let spec = object.data["spec"].as_object_mut().ok_or("it has a spec")?;
    match region {
        Some(region) => spec.insert("region".into(), region),
        None => spec.remove("region"),
    };
    let answer = fixed
        .replace("fixed", &PostParams::default(), &object)
        .await;
    Ok(answer.err().map(|error| error.to_string()))
}

/// Null would get around each of these rules if the schema had it.
#[myop::test]
async fn rules_hold_for_null_too(cluster: Cluster) -> Result {
    let _operator = cluster.run(parity::manager()).await?;

    let fixed = objects::<Fixed>(&cluster);
    let object = json!({
        "apiVersion": "example.com/v1", "kind": "Fixed", "metadata": { "name": "fixed" }, "spec": { "zone": "a" },
    });
    fixed
        .create(&PostParams::default(), &serde_json::from_value(object)?)
        .await?;
    assert_eq!(refusal(&fixed, Some(json!("north"))).await?, None);
    let once_set = "field region is immutable once set";
    for (region, why) in [
        (Some(json!("south")), "field is immutable"),
        (Some(Value::Null), once_set),
        (None, once_set),
    ] {
        let said = refusal(&fixed, region.clone()).await?;
        assert!(
            said.as_ref().is_some_and(|said| said.contains(why)),
            "{region:?}: {said:?}"
        );
    }

    let choices = objects::<Choice>(&cluster);
    for (either, is_one) in [
        (json!({ "tls": "web" }), true),
        (json!({ "tls": "web", "plainText": null }), true),
        (json!({ "tls": "web", "plainText": "web" }), false),
        (json!({}), false),
        (json!({ "tls": null }), false),
    ] {
        let object = json!({
            "apiVersion": "example.com/v1", "kind": "Choice", "metadata": { "generateName": "choice-" },
            "spec": { "either": either, "atMost": {}, "atLeast": { "tls": "web" } },
        });
        let created = choices
            .create(&PostParams::default(), &serde_json::from_value(object)?)
            .await;
        assert_eq!(created.is_ok(), is_one, "{either}: {created:?}");
    }
    Ok(())
}
