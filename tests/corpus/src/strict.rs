//! `deny_unknown_fields`, on structs, on enums of every tagging, and where schemars alone says it or unsays it.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "StrictStruct")]
#[serde(deny_unknown_fields)]
pub struct StrictStructSpec {
    pub strict: Strict,
    pub optional: Option<Strict>,
    pub list: Vec<Strict>,
    pub map: BTreeMap<String, Strict>,
    pub nothing: StrictNothing,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Strict {
    pub name: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrictNothing {}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "StrictBySchemars")]
#[schemars(deny_unknown_fields)]
pub struct StrictBySchemarsSpec {
    pub not_any_more: NotStrict,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct NotStrict {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "StrictEnums")]
pub struct StrictEnumsSpec {
    pub external: StrictExternal,
    pub untagged: StrictUntagged,
    pub holds: HoldsStrict,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum StrictExternal {
    A { a: String },
    B(Strict),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields, untagged)]
pub enum StrictUntagged {
    A { a: String },
    B { b: u8 },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum HoldsStrict {
    Strict(Strict),
    Loose { other: u8 },
}

kinds![StrictStruct, StrictBySchemars, StrictEnums];
