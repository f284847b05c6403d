//! The same in validator's and garde's words; `inner`; `required`.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InValidatorsWords")]
pub struct InValidatorsWordsSpec {
    #[validate(length(min = 1, max = 63, message = "too long"))]
    pub length: String,
    #[validate(range(min = 1, max = 10, code = "range"))]
    pub range: i32,
    #[validate(contains(pattern = "x", message = "no x"))]
    pub contains: String,
    #[validate(email(message = "no address"))]
    pub email: String,
    #[validate(url)]
    pub url: String,
    #[validate(required)]
    pub required: Option<String>,
    #[validate(length(min = 1), range(min = 1))]
    pub both: String,
    #[validate(custom(function = "whatever"), nested)]
    pub unknown: String,
    #[validate(length(min = 1))]
    #[schemars(length(min = 2))]
    pub schemars_first: String,
    #[validate(length(max = 9))]
    #[schemars(pattern("^a"))]
    pub together: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InGardesWords")]
pub struct InGardesWordsSpec {
    #[garde(length(min = 1, max = 63))]
    pub length: String,
    #[garde(range(min = 1, max = 10))]
    pub range: i32,
    #[garde(pattern("^[a-z]+$"))]
    pub pattern: String,
    #[garde(contains("x"))]
    pub contains: String,
    #[garde(email)]
    pub email: String,
    #[garde(ip)]
    pub ip: String,
    #[garde(required)]
    pub required: Option<String>,
    #[garde(inner(length(min = 1)))]
    pub inner: Vec<String>,
    #[garde(skip)]
    pub skipped_by_garde_only: String,
    #[garde(dive, custom(whatever))]
    pub unknown: String,
    #[garde(length(graphemes, min = 2))]
    pub counted_otherwise: String,
}

/// `KubeSchema` hands on what serde, schemars and validator say.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "InKubeSchema")]
pub struct InKubeSchemaSpec {
    #[validate(length(min = 1))]
    pub validator: String,
    #[schemars(length(min = 1))]
    pub schemars: String,
    #[deprecated]
    pub deprecated: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "InnerLimits")]
pub struct InnerLimitsSpec {
    #[schemars(inner(length(min = 1, max = 9), pattern("^[a-z]+$")))]
    pub texts: Vec<String>,
    #[schemars(length(max = 3), inner(length(max = 5)))]
    pub both: Vec<String>,
    #[schemars(inner(range(min = 1)))]
    pub numbers: Vec<u8>,
    #[schemars(inner(inner(length(min = 1))))]
    pub nested: Vec<Vec<String>>,
    #[schemars(inner(url))]
    pub optional: Option<Vec<String>>,
    #[schemars(inner(length(min = 1)))]
    pub map: std::collections::BTreeMap<String, String>,
    #[schemars(inner(length(min = 1)))]
    pub text: String,
    #[schemars(inner(length(min = 1)), inner(pattern("^a")))]
    pub in_two: std::collections::BTreeSet<String>,
    #[schemars(inner(length(min = 1)))]
    pub array: [String; 2],
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "RequiredOptions")]
pub struct RequiredOptionsSpec {
    #[schemars(required)]
    pub text: Option<String>,
    #[schemars(required)]
    pub structure: Option<Inner>,
    #[schemars(required)]
    pub enumeration: Option<Choice>,
    #[schemars(required)]
    pub twice: Option<Option<String>>,
    #[schemars(required)]
    pub no_option: String,
    #[serde(default)]
    #[schemars(required)]
    pub with_default: Option<String>,
    #[serde(default = "some")]
    #[schemars(required)]
    pub with_some_default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub sometimes: Option<String>,
    /// Words.
    #[schemars(required, length(min = 1))]
    pub limited: Option<String>,
    #[schemars(required, with = "Option<u8>")]
    pub borrowed: String,
}

fn some() -> Option<String> {
    Some("x".into())
}

/// Words of the type.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Inner {
    pub name: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Choice {
    A(String),
    B(u8),
}

kinds![
    InValidatorsWords,
    InGardesWords,
    InKubeSchema,
    InnerLimits,
    RequiredOptions
];
