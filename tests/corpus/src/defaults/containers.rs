//! `#[serde(default)]` on a struct: a default for each field.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All by the derive.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "ContainerDerived",
    derive = "Default"
)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerDerivedSpec {
    pub replica_count: i32,
    pub name: String,
    pub option: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unwritten: Option<String>,
    pub list: Vec<String>,
    pub inner: Inner,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Inner {
    pub size: u8,
    pub optional: Option<u8>,
}

/// All by hand.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ContainerWritten")]
#[serde(default)]
pub struct ContainerWrittenSpec {
    pub replicas: i32,
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub inner: Inner,
    pub other: Option<Inner>,
}

impl Default for ContainerWrittenSpec {
    fn default() -> Self {
        Self {
            replicas: 1,
            name: String::from("main"),
            labels: BTreeMap::new(),
            inner: Inner {
                size: 5,
                ..Inner::default()
            },
            other: None,
        }
    }
}

/// One field says something else.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ContainerByFunction")]
pub struct ContainerByFunctionSpec {
    pub limits: Limits,
    pub optional: Option<Limits>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(default = "usual")]
pub struct Limits {
    pub low: u8,
    pub high: u8,
    #[serde(default = "seven")]
    pub own: u8,
    #[serde(default)]
    pub zero: u8,
    #[serde(skip)]
    pub skipped: u8,
}

fn usual() -> Limits {
    Limits {
        low: 1,
        high: 9,
        own: 0,
        zero: 1,
        skipped: 0,
    }
}

fn seven() -> u8 {
    7
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ContainerBySchemars")]
pub struct ContainerBySchemarsSpec {
    pub schemars_says: BySchemars,
    pub schemars_unsays: NotBySchemars,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[schemars(default)]
pub struct BySchemars {
    pub size: u8,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(default)]
#[schemars(!default)]
pub struct NotBySchemars {
    pub size: u8,
}

/// `flatten` beside a container's default; a strict one; a tuple.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ContainerAndOthers")]
pub struct ContainerAndOthersSpec {
    pub flattens: Flattens,
    #[serde(default)]
    pub twice: Strict,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(default)]
pub struct Flattens {
    pub own: u8,
    #[serde(flatten)]
    pub inner: Inner,
    #[serde(flatten)]
    pub strict: Strict,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Strict {
    pub strict: bool,
}

impl Default for Strict {
    fn default() -> Self {
        Strict { strict: true }
    }
}

kinds![
    ContainerDerived,
    ContainerWritten,
    ContainerByFunction,
    ContainerBySchemars,
    ContainerAndOthers,
];
