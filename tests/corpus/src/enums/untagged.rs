//! Untagged enums: `anyOf`.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Payload {
    /// The size.
    pub size: u8,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedStructs")]
pub struct UntaggedStructsSpec {
    pub structs: Structs,
    /// Words of the field.
    pub documented: Documented,
    pub one: One,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Structs {
    Payload(Payload),
    First { a: String, b: Option<u8> },
    Second { c: u8 },
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Documented {
    /// Words of the first.
    First {
        /// Words of the field.
        a: String,
    },
    /// Words of the second.
    Second {
        b: u8,
        /// Words of the other field.
        c: u8,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum One {
    Only { a: String },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedScalars")]
pub struct UntaggedScalarsSpec {
    pub same: Same,
    pub different: Different,
    pub documented: DocumentedScalars,
    pub with_list: WithList,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Same {
    Small(u8),
    Large(u64),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Different {
    Number(i64),
    Text(String),
    Flag(bool),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum DocumentedScalars {
    /// A number.
    Number(i64),
    /// A text.
    Text(#[schemars(length(max = 3))] String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum WithList {
    One(String),
    Many(Vec<String>),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedUnits")]
pub struct UntaggedUnitsSpec {
    pub with_unit: WithUnit,
    pub with_enum: WithEnum,
    pub with_option: WithOption,
    pub with_tuple: WithTuple,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum WithUnit {
    Nothing,
    Something { a: String },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum WithEnum {
    Known(Known),
    Other(String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Known {
    A,
    B,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum WithOption {
    Maybe(Option<u8>),
    Text(String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum WithTuple {
    Pair(u8, u8),
    Text(String),
}

/// The same property in both, alike to the last word.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedOverlap")]
pub struct UntaggedOverlapSpec {
    pub overlap: Overlap,
    pub nested: Nested,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Overlap {
    First { name: String, a: u8 },
    Second { name: String, b: u8 },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Nested {
    Overlap(Overlap),
    Own { own: u8 },
}

kinds![
    UntaggedStructs,
    UntaggedScalars,
    UntaggedUnits,
    UntaggedOverlap
];
