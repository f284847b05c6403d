//! Texts, and what is one of several words.

use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Text", namespaced)]
pub struct TextSpec {
    #[schemars(length(min = 1))]
    pub not_empty: String,
    #[schemars(length(max = 63))]
    pub short: String,
    #[schemars(pattern("^[a-z]+$"))]
    pub lowercase: String,
    #[schemars(extend("format" = "date-time"))]
    pub time: String,
    #[schemars(ipv4)]
    pub address: String,
    pub choice: Choice,
    pub policy: Policy,
    #[schemars(extend("enum" = [1, 2, 4]))]
    pub size: i32,
    pub code: Code,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Choice {
    Always,
    Never,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Policy {
    Delete,
    Retain,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Code(#[schemars(length(min = 2))] pub String);
