//! Values of any shape.

use k8s_openapi::apimachinery::pkg::{runtime::RawExtension, util::intstr::IntOrString};
use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[resource(group = "example.com", version = "v1", kind = "Shape", namespaced)]
pub struct ShapeSpec {
    #[schemars(with = "String")]
    pub text: Value,
    pub duration: Duration,
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub anything: Value,
    pub port: IntOrString,
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub loose: RawExtension,
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub open: Open,
    #[schemars(extend("x-kubernetes-embedded-resource" = true, "x-kubernetes-preserve-unknown-fields" = true))]
    pub template: RawExtension,
    #[schemars(extend("x-kubernetes-embedded-resource" = true, "x-kubernetes-preserve-unknown-fields" = true))]
    pub object: RawExtension,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(extend("type" = "string"))]
pub struct Duration {}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Open {
    pub name: String,
}
