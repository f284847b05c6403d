//! Adjacently tagged enums.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "AdjacentOne")]
pub struct AdjacentOneSpec {
    pub newtype: OneNewtype,
    pub structure: OneStruct,
    pub unit: OneUnit,
    pub tuple: OneTuple,
    pub strict: OneStrict,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", content = "value")]
pub enum OneNewtype {
    /// Words of the variant.
    Only(String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(
    tag = "t",
    content = "c",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum OneStruct {
    TheOnly { some_field: String },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "t", content = "c")]
pub enum OneUnit {
    /// Words of the variant.
    Only,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "t", content = "c")]
pub enum OneTuple {
    Only(u8, u8),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "t", content = "c", deny_unknown_fields)]
pub enum OneStrict {
    Only { a: String },
}

kinds![AdjacentOne];
