//! Kinds that compile, and whose `crd()` panics, with kube's words.
//!
//! Each is what people do write, and then change. Who reads the sources gives no definition of these either.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Lists the kinds of this module, each with its path and what kube says.
macro_rules! refused {
    ($($kind:ident: $words:literal,)*) => {
        /// The kinds, and the words that kube's panic has.
        pub const REFUSED: &[(crate::Kind, &str)] = &[$((
            (concat!(module_path!(), "::", stringify!($kind)), <$kind as ::kube::CustomResourceExt>::crd),
            $words,
        ),)*];
    };
}

/// The tag has another value in each variant.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InternalTwo")]
pub struct InternalTwoSpec {
    pub choice: Internal,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
pub enum Internal {
    First { a: String },
    Second { b: u8 },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InternalFlattened")]
pub struct InternalFlattenedSpec {
    pub own: String,
    #[serde(flatten)]
    pub choice: Internal,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InternalUnits")]
pub struct InternalUnitsSpec {
    pub choice: Option<InternalUnit>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum InternalUnit {
    First,
    Second,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "AdjacentTwo")]
pub struct AdjacentTwoSpec {
    pub choice: Adjacent,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", content = "value")]
pub enum Adjacent {
    First(String),
    Second(u8),
}

/// A text and an object can't both be.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UnitAndStruct")]
pub struct UnitAndStructSpec {
    pub choice: UnitAndOther,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum UnitAndOther {
    Nothing,
    Something { a: String },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "DocumentedUnitAndStruct"
)]
pub struct DocumentedUnitAndStructSpec {
    pub choice: Vec<DocumentedUnitAndOther>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum DocumentedUnitAndOther {
    /// Words.
    Nothing,
    Something(String),
}

/// One name, two schemas.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UntaggedConflict")]
pub struct UntaggedConflictSpec {
    pub choice: Conflict,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Conflict {
    First { value: String },
    Second { value: u8 },
}

/// The words alone make the schemas differ.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "UntaggedConflictOfWords"
)]
pub struct UntaggedConflictOfWordsSpec {
    pub choice: ConflictOfWords,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum ConflictOfWords {
    First {
        /// Words.
        value: String,
    },
    Second {
        /// Other words.
        value: String,
        other: u8,
    },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "OwnAndFlattened")]
pub struct OwnAndFlattenedSpec {
    pub text: u8,
    #[serde(flatten)]
    pub choice: Flat,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flat {
    Text(String),
    Number(u8),
}

/// Room for anything beside an enum makes a property without a schema of each variant.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedEnumAndMap")]
pub struct FlattenedEnumAndMapSpec {
    #[serde(flatten)]
    pub choice: Flat,
    #[serde(flatten)]
    pub others: BTreeMap<String, String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedEnumInStrict")]
#[schemars(deny_unknown_fields)]
pub struct FlattenedEnumInStrictSpec {
    pub own: String,
    #[serde(flatten)]
    pub choice: Flat,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TwoTypes")]
pub struct TwoTypesSpec {
    #[schemars(extend("type" = ["string", "integer"]))]
    pub either: serde_json::Value,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "WrongKeyword")]
pub struct WrongKeywordSpec {
    #[schemars(extend("maxLength" = "nine"))]
    pub text: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CStrings")]
pub struct CStringsSpec {
    pub text: std::ffi::CString,
}

refused! {
    InternalTwo: "Property \"type\" has the schema",
    InternalFlattened: "Property \"type\" has the schema",
    InternalUnits: "Property \"type\" has the schema",
    AdjacentTwo: "has the schema",
    UnitAndStruct: "Enum variant set",
    DocumentedUnitAndStruct: "Enum variant set",
    UntaggedConflict: "Property \"value\" has the schema",
    UntaggedConflictOfWords: "Property \"value\" has the schema",
    OwnAndFlattened: "Property \"text\" has the schema",
    FlattenedEnumAndMap: "Property \"text\" has the schema",
    FlattenedEnumInStrict: "Property \"text\" has the schema",
    TwoTypes: "valid JSONSchemaProps from schemars schema",
    WrongKeyword: "valid JSONSchemaProps from schemars schema",
    CStrings: "valid JSONSchemaProps from schemars schema",
}
