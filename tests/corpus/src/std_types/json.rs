//! serde_json's types.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Json")]
pub struct JsonSpec {
    pub value: Value,
    /// Words.
    pub documented: Value,
    pub optional: Option<Value>,
    pub map: Map<String, Value>,
    pub number: Number,
    pub list: Vec<Value>,
    pub by_full_path: serde_json::value::Value,
    #[serde(default)]
    pub with_default: Value,
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
    pub preserved: Value,
}

kinds![Json];
