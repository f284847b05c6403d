//! Every argument of `#[schema]`, below `#[resource]`, below `#[status]` and on a struct of a field.

use k8s_openapi::apimachinery::pkg::runtime::RawExtension;
use kube::CustomResourceExt as _;
use myop::{resource, schema, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Gateway", namespaced, status = GatewayStatus)]
#[schema(exactly_one_of(host, address), at_least_one_of(host, template))]
pub struct GatewaySpec {
    pub host: Option<String>,
    pub address: Option<String>,
    #[schema(immutable)]
    pub class: String,
    #[schema(not_null)]
    pub note: Option<String>,
    #[schema(embedded_resource, preserve_unknown_fields)]
    pub template: Option<RawExtension>,
    pub listeners: Vec<Listener>,
}

#[status]
#[schema(preserve_unknown_fields)]
pub struct GatewayStatus {
    #[schema(immutable)]
    pub address: Option<String>,
}

#[schema(at_most_one_of(tls, plain_text))]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Listener {
    pub tls: Option<String>,
    pub plain_text: Option<String>,
    #[schema(immutable)]
    pub port: u16,
}

fn main() {
    let crd = serde_json::to_value(Gateway::crd()).unwrap();
    let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let rules = |of: &serde_json::Value| of["x-kubernetes-validations"].as_array().unwrap().len();
    assert_eq!(rules(schema), 2);
    assert_eq!(rules(&schema["properties"]["class"]), 1);
    assert_eq!(rules(&schema["properties"]["listeners"]["items"]), 1);
    assert_eq!(schema["properties"]["template"]["x-kubernetes-embedded-resource"], true);
}
