//! Names: `rename`, `rename_all` in every case, `rename_all_fields`, of serde and of schemars.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RenamedField")]
pub struct RenamedFieldSpec {
    #[serde(rename = "clusterIP")]
    pub cluster_ip: String,
    #[serde(rename = "$ref")]
    pub reference: Option<String>,
    #[serde(rename = "with spaces and \"quotes\"")]
    pub odd: Option<String>,
    pub snake_case_stays: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RenamedBothWays")]
pub struct RenamedBothWaysSpec {
    #[serde(rename(serialize = "written", deserialize = "read"))]
    pub both: String,
    #[serde(rename(deserialize = "readOnlyHere"))]
    pub only_read: String,
    #[serde(rename(serialize = "writtenOnlyHere"))]
    pub only_written: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RenamedBySchemars")]
#[serde(rename_all = "camelCase")]
pub struct RenamedBySchemarsSpec {
    #[serde(rename = "serdeSays")]
    #[schemars(rename = "schemarsSays")]
    pub both_say: String,
    #[schemars(rename = "onlyInTheSchema")]
    pub only_schemars: String,
    #[serde(rename = "dropped")]
    #[schemars(!rename)]
    pub not_renamed: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CasedBySchemars")]
#[serde(rename_all = "camelCase")]
#[schemars(rename_all = "kebab-case")]
pub struct CasedBySchemarsSpec {
    pub first_field: String,
    #[serde(rename = "as_it_is")]
    pub second_field: String,
}

/// Words that trip over a converter: `camelCase` knows only underscores.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CamelCased")]
#[serde(rename_all = "camelCase")]
pub struct CamelCasedSpec {
    pub one: bool,
    pub two_words: bool,
    pub _leading: bool,
    pub trailing_: bool,
    pub double__underscore: bool,
    pub number_1_word: bool,
    pub number2word: bool,
    pub größe_äußere: bool,
    pub r#type: bool,
    pub alreadyCamel: bool,
    pub UPPER_CASE: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "PascalCased")]
#[serde(rename_all = "PascalCase")]
pub struct PascalCasedSpec {
    pub one: bool,
    pub two_words: bool,
    pub _leading: bool,
    pub double__underscore: bool,
    pub r#type: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "SnakeCased")]
#[serde(rename_all = "snake_case")]
pub struct SnakeCasedSpec {
    pub two_words: bool,
    pub staysCamel: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ScreamingSnakeCased")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub struct ScreamingSnakeCasedSpec {
    pub two_words: bool,
    pub größe: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "KebabCased")]
#[serde(rename_all = "kebab-case")]
pub struct KebabCasedSpec {
    pub two_words: bool,
    pub _leading: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ScreamingKebabCased")]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub struct ScreamingKebabCasedSpec {
    pub two_words: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "LowerCased")]
#[serde(rename_all = "lowercase")]
pub struct LowerCasedSpec {
    pub two_words: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UpperCased")]
#[serde(rename_all = "UPPERCASE")]
pub struct UpperCasedSpec {
    pub two_words: bool,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CasedOneWay")]
#[serde(rename_all(serialize = "camelCase", deserialize = "kebab-case"))]
pub struct CasedOneWaySpec {
    pub two_words: bool,
    pub written: Written,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Written {
    pub two_words: bool,
}

/// The name of the container is in no schema but the root's.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RenamedContainer")]
#[serde(rename = "SomethingElse")]
pub struct RenamedContainerSpec {
    pub inner: RenamedInner,
    pub by_schemars: RenamedGeneric<String>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename = "Inner")]
pub struct RenamedInner {
    pub name: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(rename = "Generic_of_{T}")]
pub struct RenamedGeneric<T> {
    pub value: T,
}

/// Attributes that stand in several places, in one attribute or in many.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ScatteredAttributes")]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub struct ScatteredAttributesSpec {
    #[serde(default)]
    #[serde(rename = "first")]
    #[schemars(title = "Title")]
    #[schemars(length(min = 1))]
    pub one_by_one: String,
    #[serde(default, rename = "second", alias = "other", alias = "another")]
    #[schemars(title = "Title", length(min = 1))]
    pub all_at_once: String,
}

kinds![
    RenamedField,
    RenamedBothWays,
    RenamedBySchemars,
    CasedBySchemars,
    CamelCased,
    PascalCased,
    SnakeCased,
    ScreamingSnakeCased,
    KebabCased,
    ScreamingKebabCased,
    LowerCased,
    UpperCased,
    CasedOneWay,
    RenamedContainer,
    ScatteredAttributes,
];
