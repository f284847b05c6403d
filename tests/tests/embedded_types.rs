//! Kinds that embed types of Kubernetes: the API server takes what `myop manifests` lays over their schemas, and merges
//! and defaults by it.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Api,
    api::{ApiResource, DynamicObject, Patch, PatchParams, PostParams},
};
use myop::testing::{Cluster, Result};
use myop_manifests::{
    Definitions, Descriptions,
    builtin::{self, Builtin},
};
use serde_json::{Map, Value, json};

/// What operators embed, by paths below k8s-openapi's root.
const EMBEDDED: &[(&str, &str)] = &[
    ("affinity", "api::core::v1::Affinity"),
    ("claim", "api::core::v1::PersistentVolumeClaimSpec"),
    ("condition", "apimachinery::pkg::apis::meta::v1::Condition"),
    ("container", "api::core::v1::Container"),
    ("deployment", "api::apps::v1::DeploymentSpec"),
    ("disruptions", "api::policy::v1::PodDisruptionBudgetSpec"),
    ("env", "api::core::v1::EnvVar"),
    ("hook", "api::admissionregistration::v1::ValidatingWebhook"),
    ("ingress", "api::networking::v1::IngressSpec"),
    ("job", "api::batch::v1::JobTemplateSpec"),
    ("local", "api::core::v1::LocalObjectReference"),
    ("metadata", "apimachinery::pkg::apis::meta::v1::ObjectMeta"),
    ("policy", "api::networking::v1::NetworkPolicySpec"),
    ("probe", "api::core::v1::Probe"),
    ("reference", "api::core::v1::ObjectReference"),
    ("resources", "api::core::v1::ResourceRequirements"),
    (
        "scaler",
        "api::autoscaling::v2::HorizontalPodAutoscalerSpec",
    ),
    ("secret", "api::core::v1::SecretKeySelector"),
    ("security", "api::core::v1::PodSecurityContext"),
    (
        "selector",
        "apimachinery::pkg::apis::meta::v1::LabelSelector",
    ),
    ("service", "api::core::v1::ServiceSpec"),
    ("spread", "api::core::v1::TopologySpreadConstraint"),
    ("template", "api::core::v1::PodTemplateSpec"),
    ("toleration", "api::core::v1::Toleration"),
    ("volume", "api::core::v1::Volume"),
];

/// A definition, as the writer makes it, of a kind with a field of each of these.
fn definition() -> Result<CustomResourceDefinition> {
    let mut fields = Map::new();
    for (name, path) in EMBEDDED {
        let Some(Builtin::Schema(schema)) = builtin::schema(path) else {
            panic!("there is a schema of {path}");
        };
        fields.insert((*name).to_owned(), schema);
    }
    let kind = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": "embeddings.test.example.com" },
        "spec": {
            "group": "test.example.com",
            "names": { "kind": "Embedding", "plural": "embeddings", "singular": "embedding" },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": { "openAPIV3Schema": { "type": "object", "properties": {
                    "spec": { "type": "object", "properties": fields },
                } } },
            }],
        },
    });
    let definitions = Definitions::merge([kind], Descriptions::Full)?;
    let crd = definitions.into_crds().next().expect("there is one");
    Ok(serde_json::from_value(crd)?)
}

/// Objects of the kind, which is installed.
async fn embeddings(cluster: &Cluster) -> Result<Api<DynamicObject>> {
    let definitions: Api<CustomResourceDefinition> = cluster.all();
    let created = definitions
        .create(&PostParams::default(), &definition()?)
        .await?;
    let name = created.metadata.name.unwrap_or_default();
    let is_established = |found: Option<&CustomResourceDefinition>| {
        let status = found.and_then(|crd| crd.status.as_ref());
        let conditions = status.and_then(|status| status.conditions.as_ref());
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|one| one.type_ == "Established" && one.status == "True")
    };
    cluster.until(&definitions, &name, is_established).await?;
    let resource = ApiResource {
        group: "test.example.com".into(),
        version: "v1".into(),
        api_version: "test.example.com/v1".into(),
        kind: "Embedding".into(),
        plural: "embeddings".into(),
    };
    Ok(Api::namespaced_with(cluster.client(), "default", &resource))
}

/// What is there after a manager has applied this as a spec.
async fn applied(embeddings: &Api<DynamicObject>, manager: &str, spec: Value) -> Result<Value> {
    let object = json!({
        "apiVersion": "test.example.com/v1",
        "kind": "Embedding",
        "metadata": { "name": "one" },
        "spec": spec,
    });
    let params = PatchParams::apply(manager);
    let applied = embeddings
        .patch("one", &params, &Patch::Apply(object))
        .await?;
    Ok(applied.data["spec"].clone())
}

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(|item| item["name"].as_str()).collect()
}

#[myop::test]
async fn two_managers_own_a_container_each(cluster: Cluster) -> Result {
    let embeddings = embeddings(&cluster).await?;
    let container = |name: &str, port: u16| {
        let ports = json!([{ "containerPort": port }]);
        json!({ "template": { "spec": { "containers": [{ "name": name, "ports": ports }] } } })
    };
    applied(&embeddings, "first", container("app", 80)).await?;
    let both = applied(&embeddings, "second", container("sidecar", 90)).await?;
    let containers = &both["template"]["spec"]["containers"];
    assert_eq!(names(containers), ["app", "sidecar"]);
    assert_eq!(
        containers[0]["ports"],
        json!([{ "containerPort": 80, "protocol": "TCP" }])
    );

    let none = json!({ "template": { "spec": { "containers": [] } } });
    let left = applied(&embeddings, "first", none).await?;
    assert_eq!(names(&left["template"]["spec"]["containers"]), ["sidecar"]);
    Ok(())
}

#[myop::test]
async fn a_port_of_a_service_is_known_by_its_number_and_protocol(cluster: Cluster) -> Result {
    let embeddings = embeddings(&cluster).await?;
    let ports = |ports: Value| json!({ "service": { "ports": ports } });
    applied(&embeddings, "first", ports(json!([{ "port": 53 }]))).await?;
    let udp = json!([{ "port": 53, "protocol": "UDP" }]);
    let both = applied(&embeddings, "second", ports(udp)).await?;
    assert_eq!(
        both["service"]["ports"],
        json!([{ "port": 53, "protocol": "TCP" }, { "port": 53, "protocol": "UDP" }])
    );
    Ok(())
}

#[myop::test]
async fn a_list_without_keys_has_one_owner(cluster: Cluster) -> Result {
    let embeddings = embeddings(&cluster).await?;
    let args = |word: &str| json!({ "container": { "name": "app", "args": [word] } });
    applied(&embeddings, "first", args("--one")).await?;
    let refused = applied(&embeddings, "second", args("--two"))
        .await
        .unwrap_err();
    let told = refused.to_string();
    assert!(
        told.contains("conflict with \"first\": .spec.container.args"),
        "{told}"
    );
    Ok(())
}
