//! `#[serde(default)]`: what the type says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "TypesDefaults")]
pub struct TypesDefaultsSpec {
    #[serde(default)]
    pub flag: bool,
    #[serde(default)]
    pub int: i32,
    #[serde(default)]
    pub unsigned: u64,
    #[serde(default)]
    pub float: f32,
    #[serde(default)]
    pub double: f64,
    #[serde(default)]
    pub letter: char,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub list: Vec<String>,
    #[serde(default)]
    pub set: BTreeSet<u8>,
    #[serde(default)]
    pub map: BTreeMap<String, u8>,
    #[serde(default)]
    pub hash: HashMap<String, u8>,
    #[serde(default)]
    pub option: Option<u8>,
    #[serde(default)]
    pub boxed: Box<String>,
    #[serde(default)]
    pub array: [u8; 3],
    #[serde(default)]
    pub path: std::path::PathBuf,
    #[serde(default)]
    pub duration: std::time::Duration,
}

/// Beside `skip_serializing_if`, only a default that would be written is one.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UnwrittenDefaults")]
pub struct UnwrittenDefaultsSpec {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub map: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flag: bool,
    #[serde(default = "yes", skip_serializing_if = "std::ops::Not::not")]
    pub otherwise: bool,
    #[serde(default, skip_serializing_if = "is_large")]
    pub number: u32,
    #[serde(default, skip_serializing)]
    pub never: u32,
}

fn yes() -> bool {
    true
}

fn is_large(number: &u32) -> bool {
    *number > 100
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "StructDefaults")]
pub struct StructDefaultsSpec {
    #[serde(default)]
    pub derived: Derived,
    #[serde(default)]
    pub written: Written,
    #[serde(default)]
    pub deeper: Deeper,
    #[serde(default)]
    pub newtype: Newtype,
    #[serde(default)]
    pub tuple: Pair,
    #[serde(default)]
    pub unit: Option<Derived>,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Derived {
    pub max_size: u8,
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwritten: Option<String>,
    pub list: Vec<u8>,
    #[serde(skip)]
    pub skipped: u8,
    #[serde(rename = "other")]
    pub renamed: bool,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Written {
    pub size: u8,
    pub name: String,
    pub optional: Option<u8>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            size: 3,
            name: "three".into(),
            optional: Some(4),
        }
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Deeper {
    pub derived: Derived,
    pub written: Written,
    pub optional: Option<Written>,
    #[serde(flatten)]
    pub flat: Newtype2,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Newtype2 {
    pub within: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Newtype(pub u8);

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Pair(pub u8, pub u8);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "EnumDefaults")]
pub struct EnumDefaultsSpec {
    #[serde(default)]
    pub derived: DerivedChoice,
    #[serde(default)]
    pub written: WrittenChoice,
    #[serde(default)]
    pub with_fields: ChoiceWithFields,
    #[serde(default)]
    pub in_struct: HoldsChoice,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DerivedChoice {
    First,
    #[default]
    TheSecond,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum WrittenChoice {
    #[serde(rename = "one")]
    First,
    Second,
}

impl Default for WrittenChoice {
    fn default() -> Self {
        WrittenChoice::First
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ChoiceWithFields {
    Named { size: u8 },
    Plain(String),
}

impl Default for ChoiceWithFields {
    fn default() -> Self {
        Self::Named { size: 1 }
    }
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct HoldsChoice {
    pub choice: DerivedChoice,
}

/// What can't be written has no default in the schema.
#[derive(CustomResource, Deserialize, Serialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UnwritableDefaults")]
pub struct UnwritableDefaultsSpec {
    #[serde(default, skip_serializing)]
    pub only_read: OnlyRead,
    #[serde(default, serialize_with = "shout")]
    pub shouted: Quiet,
}

#[derive(Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct OnlyRead {
    pub name: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Quiet(pub String);

impl Default for Quiet {
    fn default() -> Self {
        Self("hush".into())
    }
}

fn shout<S: serde::Serializer>(quiet: &Quiet, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&quiet.0.to_uppercase())
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SchemarsDefaults")]
pub struct SchemarsDefaultsSpec {
    #[schemars(default)]
    pub flag: bool,
    #[schemars(default = "yes")]
    pub function: bool,
    #[serde(default)]
    #[schemars(!default)]
    pub not_in_the_schema: bool,
    #[serde(default)]
    #[schemars(extend("default" = true))]
    pub extended: bool,
}

kinds![
    TypesDefaults,
    UnwrittenDefaults,
    StructDefaults,
    EnumDefaults,
    UnwritableDefaults,
    SchemarsDefaults,
];
