//! Names of variants and of their fields.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CasedVariants")]
#[serde(rename_all = "camelCase")]
pub struct CasedVariantsSpec {
    pub as_written: AsWritten,
    pub camel: Camel,
    pub snake: Snake,
    pub screaming_snake: ScreamingSnake,
    pub kebab: Kebab,
    pub screaming_kebab: ScreamingKebab,
    pub lower: Lower,
    pub upper: Upper,
    pub pascal: Pascal,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum AsWritten {
    One,
    TwoWords,
    HTTPServer,
    IPv4,
    Äpfel,
    snake_case,
    r#Self_,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Camel {
    One,
    TwoWords,
    HTTPServer,
    IPv4,
    snake_case,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Snake {
    One,
    TwoWords,
    HTTPServer,
    IPv4,
    Version2Beta1,
    ÄpfelUndÖl,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ScreamingSnake {
    One,
    TwoWords,
    HTTPServer,
    ÄpfelUndÖl,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kebab {
    One,
    TwoWords,
    HTTPServer,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum ScreamingKebab {
    One,
    TwoWords,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lower {
    One,
    TwoWords,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Upper {
    One,
    TwoWords,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub enum Pascal {
    One,
    TwoWords,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RenamedVariants")]
pub struct RenamedVariantsSpec {
    pub plain: RenamedPlain,
    pub with_fields: RenamedWithFields,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RenamedPlain {
    #[serde(rename = "")]
    Empty,
    #[serde(rename = "1.2")]
    Number,
    #[serde(alias = "old", alias = "older")]
    Aliased,
    #[serde(rename(serialize = "written", deserialize = "read"))]
    OneWay,
    #[serde(rename = "serde")]
    #[schemars(rename = "schemars")]
    BySchemars,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RenamedWithFields {
    #[serde(rename = "named", rename_all = "kebab-case")]
    Named {
        first_field: String,
        second_field: u8,
    },
    NotTheFields {
        first_name: String,
    },
    TwoWords(String),
}

/// `rename_all` names variants, `rename_all_fields` their fields.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CasedFieldsOfVariants")]
pub struct CasedFieldsOfVariantsSpec {
    pub all: CasedFields,
    pub one_way: CasedFieldsOneWay,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "SCREAMING_SNAKE_CASE")]
pub enum CasedFields {
    FirstVariant {
        first_field: String,
    },
    #[serde(rename_all = "kebab-case")]
    SecondVariant {
        second_field: String,
        #[serde(rename = "itself")]
        third_field: String,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all_fields(serialize = "UPPERCASE", deserialize = "camelCase"))]
pub enum CasedFieldsOneWay {
    Only { first_field: String },
}

/// `rename_all` of a struct says nothing about the fields of its fields.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CasedOutsideOnly")]
#[serde(rename_all = "camelCase")]
pub struct CasedOutsideOnlySpec {
    pub some_inner: CasedInside,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct CasedInside {
    pub some_field: String,
}

kinds![
    CasedVariants,
    RenamedVariants,
    CasedFieldsOfVariants,
    CasedOutsideOnly
];
