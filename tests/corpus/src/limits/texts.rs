//! `length`, `pattern`, `regex`, `contains` and the formats.

use std::{collections::BTreeMap, sync::LazyLock};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const MOST: u32 = 63;
const NAME: &str = "^[a-z]+$";

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Lengths")]
pub struct LengthsSpec {
    #[schemars(length(min = 1, max = 63))]
    pub both: String,
    #[schemars(length(min = 1))]
    pub least: String,
    #[schemars(length(max = 63))]
    pub most: String,
    #[schemars(length(equal = 8))]
    pub exact: String,
    #[schemars(length(min = "1", max = "MOST"))]
    pub quoted: String,
    #[schemars(length(max = MOST))]
    pub constant: String,
    #[schemars(length(max = 4 * 16))]
    pub calculated: String,
    #[schemars(length(min = 1))]
    pub optional: Option<String>,
    #[schemars(length(min = 1, max = 3))]
    pub list: Vec<String>,
    #[schemars(length(min = 1))]
    pub optional_list: Option<Vec<String>>,
    #[schemars(length(equal = 2))]
    pub exact_list: Vec<u8>,
    /// Nothing that has a length.
    #[schemars(length(min = 1))]
    pub number: u8,
    #[schemars(length(min = 1))]
    pub map: BTreeMap<String, String>,
    #[schemars(length(min = 1))]
    pub boxed: Box<str>,
    #[schemars(length(min = 1))]
    pub newtype: Newtype,
    #[schemars(length(min = 1))]
    pub optional_newtype: Option<Newtype>,
    #[schemars(length(min = 1))]
    pub array: [u8; 3],
    #[schemars(length(min = 2))]
    pub letter: char,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Newtype(#[schemars(length(max = 9))] pub String);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Patterns")]
pub struct PatternsSpec {
    #[schemars(pattern("^[a-z]+$"))]
    pub plain: String,
    #[schemars(pattern(r"^\d+\.\d+$"))]
    pub raw: String,
    #[schemars(regex(pattern = r#"^"quoted"$"#))]
    pub regex: String,
    #[schemars(pattern(NAME))]
    pub constant: String,
    #[schemars(regex(pattern = NAME))]
    pub regex_constant: String,
    #[schemars(pattern("^a"))]
    pub optional: Option<String>,
    #[schemars(contains("a.b"))]
    pub contains: String,
    #[schemars(contains(pattern = "^(x|y)[z]{2}*+?$\\"))]
    pub contains_special: String,
    #[schemars(contains("-&~ #"))]
    pub contains_more: String,
    /// Not a text.
    #[schemars(pattern("^a"))]
    pub number: u8,
    #[schemars(pattern("^a"))]
    pub list: Vec<String>,
}

pub struct Shown(&'static str);

impl std::fmt::Display for Shown {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

static COMPILED: LazyLock<Shown> = LazyLock::new(|| Shown("^compiled$"));

/// A regular expression that is there only at run time.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "CompiledPatterns")]
pub struct CompiledPatternsSpec {
    #[schemars(regex(pattern = *COMPILED))]
    pub schemars: String,
    #[validate(regex(path = "*COMPILED"))]
    pub validator: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Formats")]
pub struct FormatsSpec {
    #[schemars(email)]
    pub email: String,
    #[schemars(url)]
    pub url: String,
    #[schemars(ip)]
    pub ip: String,
    #[schemars(ipv4)]
    pub ipv4: String,
    #[schemars(ipv6)]
    pub ipv6: String,
    #[schemars(email)]
    pub optional: Option<String>,
    #[schemars(url)]
    pub list: Vec<String>,
    #[schemars(email)]
    pub number: u8,
    #[schemars(ipv4)]
    pub formatted_already: std::net::IpAddr,
}

kinds![Lengths, Patterns, CompiledPatterns, Formats];
