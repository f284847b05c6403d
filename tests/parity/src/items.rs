//! What is in lists.
//!
//! `inner` says what schemars has a word for; else the item is a type of its own, which needs no more than its field.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::{runtime::RawExtension, util::intstr::IntOrString};
use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[resource(group = "example.com", version = "v1", kind = "Item", namespaced)]
pub struct ItemSpec {
    #[schemars(inner(length(min = 1, max = 63)))]
    pub names: Vec<String>,
    #[schemars(inner(pattern("^[a-z]+$")))]
    pub lowercase: Vec<String>,
    #[schemars(inner(range(min = 1, max = 10)))]
    pub numbers: Vec<i32>,
    #[schemars(inner(length(min = 1, max = 3)))]
    pub rows: Vec<Vec<String>>,
    pub above: Vec<Above>,
    pub below: Vec<Below>,
    pub even: Vec<Even>,
    pub times: Vec<Time>,
    pub choices: Vec<Choice>,
    pub maps: Vec<Labels>,
    #[schemars(with = "Vec<String>")]
    pub texts: Vec<Value>,
    pub users: Vec<User>,
    pub ports: Vec<IntOrString>,
    pub loose: Vec<Loose>,
    pub objects: Vec<Object>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Above(#[schemars(range(min = 0), extend("exclusiveMinimum" = true))] pub i32);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Below(#[schemars(range(max = 100), extend("exclusiveMaximum" = true))] pub i32);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Even(#[schemars(extend("multipleOf" = 2))] pub i32);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Time(#[schemars(extend("format" = "date-time"))] pub String);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Choice {
    Always,
    Never,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Labels(
    #[schemars(extend("minProperties" = 1, "maxProperties" = 9))] pub BTreeMap<String, String>,
);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct User(
    #[schemars(extend("x-kubernetes-validations" = [{ "rule": "self != 'root'", "message": "root is taken" }]))]
    pub String,
);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Loose(
    #[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))] pub RawExtension,
);

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Object(
    #[schemars(extend("x-kubernetes-embedded-resource" = true, "x-kubernetes-preserve-unknown-fields" = true))]
    pub RawExtension,
);
