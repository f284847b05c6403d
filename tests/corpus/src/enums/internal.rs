//! Internally tagged enums: kube can make a schema of them only where all variants agree on the tag.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Payload {
    pub size: u8,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InternalOne")]
pub struct InternalOneSpec {
    pub structure: OneStruct,
    pub newtype: OneNewtype,
    pub unit: OneUnit,
    pub documented: OneDocumented,
    pub strict: OneStrict,
    pub strict_unit: OneStrictUnit,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
pub enum OneStruct {
    Only { a: String, b: Option<u8> },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum OneNewtype {
    TheOnly(Payload),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
pub enum OneUnit {
    Only,
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
pub enum OneDocumented {
    /// Words of the variant.
    Only {
        /// Words of the field.
        a: String,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum OneStrict {
    Only { a: String },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum OneStrictUnit {
    Only,
}

/// A struct with a tag is one without, to schemars.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TaggedStruct")]
#[serde(tag = "type")]
pub struct TaggedStructSpec {
    pub name: String,
}

/// Untagged for the schema only.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TaggedForSerdeOnly")]
pub struct TaggedForSerdeOnlySpec {
    pub choice: SerdeTags,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
#[schemars(!tag)]
pub enum SerdeTags {
    First { a: String },
    Second { b: String },
}

kinds![InternalOne, TaggedStruct, TaggedForSerdeOnly];
