//! What is left out: `skip` and its relatives, on fields and variants, of structs, tuples and enums.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default)]
pub struct NoSchema;

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SkippedFields")]
#[serde(rename_all = "camelCase")]
pub struct SkippedFieldsSpec {
    pub kept: String,
    #[serde(skip)]
    pub skipped: NoSchema,
    #[serde(skip_serializing)]
    pub never_written: String,
    #[serde(skip_deserializing)]
    pub never_read: String,
    #[serde(skip_serializing, skip_deserializing)]
    pub neither: NoSchema,
    #[schemars(skip)]
    pub not_in_the_schema: String,
    #[schemars(skip_serializing)]
    pub schemars_never_written: String,
    #[schemars(skip_deserializing)]
    pub schemars_never_read: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UnskippedFields")]
pub struct UnskippedFieldsSpec {
    #[serde(skip)]
    #[schemars(!skip)]
    pub in_the_schema_after_all: String,
    #[serde(skip_deserializing)]
    #[schemars(!skip_deserializing)]
    pub read_after_all: String,
}

/// `skip_serializing_if` alone changes nothing for one who writes.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SometimesWritten")]
pub struct SometimesWrittenSpec {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub list: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "is_zero")]
    pub number: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SkippedVariants")]
pub struct SkippedVariantsSpec {
    pub plain: PlainSkipped,
    pub mixed: MixedSkipped,
    pub one_left: OneLeft,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum PlainSkipped {
    Kept,
    #[serde(skip)]
    Skipped,
    #[serde(skip_serializing)]
    NeverWritten,
    #[serde(skip_deserializing)]
    NeverRead,
    #[schemars(skip)]
    NotInTheSchema,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum MixedSkipped {
    Kept {
        a: String,
        #[serde(skip)]
        b: NoSchema,
        #[serde(skip_deserializing)]
        c: String,
    },
    #[serde(skip)]
    Skipped(NoSchema),
    #[serde(skip_serializing)]
    NeverWritten(String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum OneLeft {
    #[serde(skip)]
    Gone,
    Left,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "EverythingSkipped")]
pub struct EverythingSkippedSpec {
    #[serde(skip)]
    pub nothing: NoSchema,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NoFields")]
pub struct NoFieldsSpec {}

kinds![
    SkippedFields,
    UnskippedFields,
    SometimesWritten,
    SkippedVariants,
    EverythingSkipped,
    NoFields
];
