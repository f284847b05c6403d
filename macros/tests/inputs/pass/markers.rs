//! What Kubebuilder's markers become: docs/from-kubebuilder.md lists these attributes, and this shows what they do.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use kube::CustomResourceExt as _;
use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Whatever a marker can say.
#[resource(group = "example.com", version = "v1", kind = "Marked", namespaced)]
#[x_kube(validation = "has(self.tls) || has(self.host)")]
pub struct MarkedSpec {
    #[schemars(range(min = 1, max = 10))]
    pub range: i32,
    #[schemars(range(min = 0), extend("exclusiveMinimum" = true))]
    pub exclusive: f64,
    #[schemars(extend("multipleOf" = 5))]
    pub multiple: i32,
    #[schemars(length(min = 1, max = 63), pattern("^[a-z]+$"))]
    pub text: String,
    #[schemars(length(min = 1, max = 3), inner(length(max = 5)))]
    pub items: Vec<String>,
    #[schemars(extend("minProperties" = 1, "maxProperties" = 9))]
    pub properties: BTreeMap<String, String>,
    pub choice: Choice,
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    pub optional: Option<String>,
    #[serde(default = "default_color")]
    pub color: String,
    #[schemars(example = &"red", title = "Colour")]
    pub example: String,
    #[x_kube(validation = Rule::new("self == oldSelf").message("it stays as it is"))]
    pub immutable: String,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub by_name: Vec<Named>,
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub set: Vec<String>,
    #[x_kube(merge_strategy = MapMerge::Atomic)]
    pub atomic: BTreeMap<String, String>,
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub whole: Named,
    pub port: IntOrString,
    #[schemars(schema_with = "embedded")]
    pub embedded: Value,
    #[schemars(schema_with = "anything")]
    pub anything: Value,
    pub tls: Option<String>,
    pub host: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Choice {
    One,
    Other,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Named {
    pub name: String,
}

fn default_color() -> String {
    "red".into()
}

fn embedded(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({
        "type": "object",
        "x-kubernetes-embedded-resource": true,
        "x-kubernetes-preserve-unknown-fields": true,
    })
}

fn anything(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "x-kubernetes-preserve-unknown-fields": true })
}

fn main() {
    let crd = serde_json::to_value(Marked::crd()).unwrap();
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let has = |field: &str, wanted: Value| {
        let there = &schema["properties"][field];
        for (key, value) in wanted.as_object().unwrap() {
            assert_eq!(there[key], *value, "{key} of {field}: {there}");
        }
    };
    has("range", json!({ "minimum": 1.0, "maximum": 10.0 }));
    has("exclusive", json!({ "minimum": 0.0, "exclusiveMinimum": true }));
    has("multiple", json!({ "multipleOf": 5.0 }));
    has("text", json!({ "minLength": 1, "maxLength": 63, "pattern": "^[a-z]+$" }));
    has("items", json!({ "minItems": 1, "maxItems": 3, "items": { "type": "string", "maxLength": 5 } }));
    has("properties", json!({ "minProperties": 1, "maxProperties": 9 }));
    has("choice", json!({ "enum": ["One", "Other"] }));
    has("time", json!({ "format": "date-time" }));
    has("optional", json!({ "nullable": true }));
    has("color", json!({ "default": "red" }));
    has("example", json!({ "title": "Colour" }));
    has("immutable", json!({ "x-kubernetes-validations": [{ "rule": "self == oldSelf", "message": "it stays as it is" }] }));
    has("byName", json!({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] }));
    has("set", json!({ "x-kubernetes-list-type": "set" }));
    has("atomic", json!({ "x-kubernetes-map-type": "atomic" }));
    has("whole", json!({ "x-kubernetes-map-type": "atomic" }));
    has("port", json!({ "x-kubernetes-int-or-string": true }));
    has("embedded", json!({ "x-kubernetes-embedded-resource": true }));
    has("anything", json!({ "x-kubernetes-preserve-unknown-fields": true }));
    assert_eq!(schema["x-kubernetes-validations"][0]["rule"], "has(self.tls) || has(self.host)");
    let required = schema["required"].as_array().unwrap();
    assert!(required.contains(&json!("text")) && !required.contains(&json!("optional")));
}
