mod replays;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::replays::differences;
use super::*;
use crate::{Scalar, Schema, Shape, Topology};

fn at<'a>(schema: &'a Schema, path: &str) -> &'a Schema {
    path.split('.')
        .fold(schema, |schema, step| match &schema.shape {
            Shape::Object(object) => &object.fields[step].schema,
            Shape::List { items, .. } => items,
            Shape::Map { values, .. } => values,
            Shape::Any | Shape::Scalar(_) => panic!("nothing is in {schema:?}"),
        })
}

/// Every type that is reachable is in the table, and can be read.
#[test]
fn each_type_that_a_kind_is_made_of_is_there() {
    fn walk(schema: &SchemaRef, seen: &mut BTreeSet<*const Schema>) {
        if !seen.insert(&raw const **schema) {
            return;
        }
        match &schema.shape {
            Shape::Object(object) => object.fields.values().for_each(|it| walk(&it.schema, seen)),
            Shape::List { items, .. } => walk(items, seen),
            Shape::Map { values, .. } => walk(values, seen),
            Shape::Any | Shape::Scalar(_) => {}
        }
    }
    let mut seen = BTreeSet::new();
    for resource in resources() {
        let schema = schema(resource.group, resource.version, resource.kind).expect(resource.kind);
        walk(&schema, &mut seen);
    }
    assert!(seen.len() > 1500, "{}", seen.len());
}

#[test]
fn each_line_of_the_table_is_read() {
    let fields = include_str!("table.txt")
        .lines()
        .filter(|it| it.starts_with(' '))
        .count();
    let names = include_str!("table.txt")
        .lines()
        .filter(|it| !it.starts_with(' '));
    let read = names.map(|it| {
        Named::of(it.split(' ').next().expect("a name"))
            .expect(it)
            .fields()
            .len()
    });
    assert_eq!(read.sum::<usize>(), fields);
}

#[test]
fn fields_know_how_they_are_merged() {
    let deployment = schema("apps", "v1", "Deployment").expect("it is built in");
    let spec = at(&deployment, "spec.template.spec");
    let Shape::Object(pod) = &spec.shape else {
        panic!("{spec:?}")
    };
    let containers = &pod.fields["containers"];
    assert!(containers.required && containers.patch.merge);
    assert_eq!(containers.patch.merge_key.as_deref(), Some("name"));
    let Shape::List { topology, .. } = &at(spec, "containers.*.ports").shape else {
        panic!("a list")
    };
    assert_eq!(
        topology,
        &Topology::Map(vec!["containerPort".into(), "protocol".into()])
    );
    let port = at(spec, "containers.*.ports.*");
    let Shape::Object(port) = &port.shape else {
        panic!("{port:?}")
    };
    assert_eq!(port.fields["protocol"].default, Some(json!("TCP")));
    assert_eq!(
        at(spec, "containers.*.resources.limits.*").shape,
        Shape::Scalar(Scalar::Quantity)
    );
    let Shape::Map { atomic, .. } = &pod.fields["nodeSelector"].schema.shape else {
        panic!("a map")
    };
    assert!(atomic);
    let Shape::Object(selector) = &at(&deployment, "spec.selector").shape else {
        panic!("an object")
    };
    assert!(selector.atomic);
}

#[test]
fn types_may_contain_themselves() {
    let definition =
        schema("apiextensions.k8s.io", "v1", "CustomResourceDefinition").expect("it is built in");
    let props = at(&definition, "spec.versions.*.schema.openAPIV3Schema");
    assert_eq!(at(props, "properties.*.not"), props);
}

#[test]
fn what_is_not_built_in_has_no_schema() {
    assert_eq!(schema("example.com", "v1", "MyApp"), None);
    assert_eq!(schema("", "v1", "A"), None);
    assert_eq!(schema("", "v1", "Zebra"), None);
    assert!(schema("", "v1", "DeleteOptions").is_some());
}

#[test]
fn resources_are_as_discovery_lists_them() {
    let find = |plural: &str| {
        resources()
            .iter()
            .find(|it| it.plural == plural)
            .expect("it is on offer")
    };
    let deployments = find("deployments");
    assert_eq!((deployments.group, deployments.version), ("apps", "v1"));
    assert_eq!(deployments.short_names, ["deploy"]);
    assert_eq!(deployments.categories, ["all"]);
    let scale = &deployments.subresources[0];
    assert_eq!(
        (scale.name, scale.group, scale.version, scale.kind),
        ("scale", "autoscaling", "v1", "Scale")
    );
    assert_eq!(find("subjectaccessreviews").verbs, ["create"]);
    assert!(find("secrets").namespaced && !find("nodes").namespaced);
}

#[test]
fn documents_hold_what_is_on_offer() {
    let index = openapi::index([("apis/e.com/v1", "AB")]);
    assert_eq!(
        index["paths"]["apis/e.com/v1"]["serverRelativeURL"],
        "/openapi/v3/apis/e.com/v1?hash=AB"
    );
    let paths = index["paths"].as_object().expect("an object");
    for path in paths.keys().filter(|it| !it.contains("e.com")) {
        let document = openapi::document(path).expect(path);
        let url = index["paths"][path]["serverRelativeURL"]
            .as_str()
            .expect("a text");
        assert_eq!(
            url,
            format!("/openapi/v3/{path}?hash={}", openapi::hash(&document))
        );
        serde_json::from_slice::<Value>(&document).expect(path);
    }
    assert_eq!(openapi::document("apis/model.example.com/v1"), None);
    let document = openapi::document("apis/apps/v1").expect("it is on offer");
    let document: Value = serde_json::from_slice(&document).expect("it is JSON");
    let patch =
        &document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
    assert!(patch["requestBody"]["content"]["application/strategic-merge-patch+json"].is_object());
    let spec = &document["components"]["schemas"]["io.k8s.api.core.v1.PodSpec"];
    assert_eq!(
        spec["properties"]["containers"]["x-kubernetes-patch-merge-key"],
        "name"
    );
}

/// `custom_openapi.json` holds two definitions, and the documents that a real server made of them.
#[test]
fn documents_of_custom_kinds_are_composed_as_the_api_server_does() {
    let recorded: Value =
        serde_json::from_slice(include_bytes!("recorded/custom_openapi.json")).expect("JSON");
    let mut wrong = String::new();
    for (version, expected) in recorded["documents"].as_object().expect("an object") {
        let mut kinds = Vec::new();
        for spec in recorded["crds"].as_array().expect("a list") {
            let versions = spec["versions"].as_array().expect("a list");
            let Some(of) = versions.iter().find(|it| it["name"] == version.as_str()) else {
                continue;
            };
            kinds.push(openapi::CustomKind {
                kind: spec["names"]["kind"].as_str().expect("a text"),
                list_kind: spec["names"]["listKind"].as_str().expect("a text"),
                plural: spec["names"]["plural"].as_str().expect("a text"),
                namespaced: spec["scope"] == "Namespaced",
                status: of["subresources"]["status"].is_object(),
                scale: of["subresources"]["scale"].is_object(),
                schema: &of["schema"]["openAPIV3Schema"],
            });
        }
        let document = openapi::of_custom("e.com", version, &kinds);
        let mut document: Value = serde_json::from_slice(&document).expect("JSON");
        let schemas = document["components"]["schemas"]
            .as_object_mut()
            .expect("an object");
        let names: Value = schemas.keys().cloned().collect();
        schemas.retain(|name, _| name.starts_with("com."));
        schemas.insert("names".into(), names);
        wrong.push_str(&differences(&document, expected));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// No body may end the server: neither its depth, nor its numbers, nor what is no text.
#[test]
fn hostile_bodies_are_refused() {
    let deep =
        |open: &str, close: &str, times: usize| open.repeat(times) + "1" + &close.repeat(times);
    let raw = |inner: &str| {
        format!(r#"{{"metadata":{{"name":"a"}},"revision":1,"data":{{"a":{inner}}}}}"#)
    };
    let read = |body: &[u8], media| {
        let read = || decode("apps", "v1", "ControllerRevision", body, media);
        crate::deep::with_room(read).expect("it is built in")
    };
    assert!(read(raw(&deep("[", "]", 400)).as_bytes(), Media::Json).is_ok());
    for times in [10_001, 100_000] {
        let refusal = read(raw(&deep("[", "]", times)).as_bytes(), Media::Json).unwrap_err();
        assert!(
            refusal.refusal.message.contains("exceeded max depth"),
            "{}",
            &refusal.refusal.message[..200]
        );
        assert!(read(deep("[", "]", times).as_bytes(), Media::Yaml).is_err());
    }
    let schema = deep(r#"{"not":"#, "}", 300).replace('1', "{}");
    let body =
        format!(r#"{{"spec":{{"versions":[{{"schema":{{"openAPIV3Schema":{schema}}}}}]}}}}"#);
    let definition = decode(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        body.as_bytes(),
        Media::Json,
    );
    assert!(definition.expect("it is built in").is_ok());
    for amount in [
        "1e2147483647",
        "0.5e-2147483648",
        "9e99",
        "1e-999999999",
        "170141183460469231731687303715884105727m",
    ] {
        let shown = Quantity::parse(amount).map(|mut it| {
            it.round_up_to_milli();
            it.to_string()
        });
        assert!(shown.is_ok_and(|it| !it.is_empty()), "{amount}");
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(body: Vec<u8>, letters in "[\\[\\]{}:,\"a-e0-9. \\\\-]{0,60}") {
        for media in [Media::Json, Media::Yaml, Media::Protobuf] {
            let _ = decode("", "v1", "Pod", &body, media);
            let _ = decode("", "v1", "Pod", letters.as_bytes(), media);
        }
        let enveloped = [b"k8s\0\x12\x7f".as_slice(), &body].concat();
        let _ = decode("", "v1", "Pod", &enveloped, Media::Protobuf);
        let named = kind("", "v1", "Pod").expect("it is built in");
        let _ = protobuf::read(named, &body);
        let _ = Quantity::parse(&letters);
    }

    #[test]
    fn any_patch_is_applied_or_refused(patch in "[\\[\\]{}:,\"$/a-e0-9]{0,60}") {
        let pod = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "a"}]}});
        let _ = strategic("", "v1", "Pod", &pod, patch.as_bytes());
    }
}
