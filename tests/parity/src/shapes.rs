//! Values of any shape.
//!
//! `Value` is that of `serde_json`; `RawExtension`, an object of any fields, and `IntOrString` are those of `k8s-openapi`.

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
    #[schema(preserve_unknown_fields)]
    pub anything: Value,
    pub port: IntOrString,
    #[schema(preserve_unknown_fields)]
    pub loose: RawExtension,
    #[schema(preserve_unknown_fields)]
    pub open: Open,
    #[schema(embedded_resource, preserve_unknown_fields)]
    pub template: RawExtension,
    #[schema(embedded_resource, preserve_unknown_fields)]
    pub object: RawExtension,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(extend("type" = "string"))]
pub struct Duration {}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Open {
    pub name: String,
}
