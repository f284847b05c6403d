//! Fields that go together, and fields that stay.
//!
//! `exactly_one_of` and `immutable` make the `Option`s that they speak of never null, as null would get around the rule. Where
//! one of several is to be there, an `enum` with a value in each variant says it without a rule.

use myop::{resource, schema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Choice", namespaced)]
pub struct ChoiceSpec {
    pub either: Either,
    pub at_most: AtMost,
    pub at_least: AtLeast,
}

#[schema(exactly_one_of(tls, plain_text))]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Either {
    pub tls: Option<String>,
    pub plain_text: Option<String>,
}

#[schema(at_most_one_of(tls, plain_text))]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AtMost {
    pub tls: Option<String>,
    pub plain_text: Option<String>,
}

#[schema(at_least_one_of(tls, plain_text))]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AtLeast {
    pub tls: Option<String>,
    pub plain_text: Option<String>,
}

#[resource(group = "example.com", version = "v1", kind = "Fixed", namespaced)]
pub struct FixedSpec {
    #[schema(immutable)]
    pub zone: String,
    #[schema(immutable)]
    pub region: Option<String>,
}
