//! `flatten` of enums, of every tagging, optional or not, one or several of them.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// From a registry.
    Image(String),
    /// From a repository.
    Git { url: String, branch: Option<String> },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedExternal")]
pub struct FlattenedExternalSpec {
    pub own: String,
    #[serde(flatten)]
    pub source: Source,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedExternalInside"
)]
pub struct FlattenedExternalInsideSpec {
    pub holder: HoldsSource,
    pub optional: Option<HoldsSource>,
    pub list: Vec<HoldsSource>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct HoldsSource {
    pub own: String,
    #[serde(flatten)]
    pub source: Source,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedOptionalExternal"
)]
pub struct FlattenedOptionalExternalSpec {
    pub own: String,
    #[serde(flatten)]
    pub source: Option<Source>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Units {
    On,
    Off,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedUnits")]
pub struct FlattenedUnitsSpec {
    pub own: String,
    #[serde(flatten)]
    pub units: Units,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum UnitAndOthers {
    Nothing,
    Some(String),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedUnitAndOthers")]
pub struct FlattenedUnitAndOthersSpec {
    pub own: String,
    #[serde(flatten)]
    pub choice: UnitAndOthers,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum Either {
    Left { left: String },
    Right { right: u8, also: Option<u8> },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedUntagged")]
pub struct FlattenedUntaggedSpec {
    pub own: String,
    #[serde(flatten)]
    pub either: Either,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedOptionalUntagged"
)]
pub struct FlattenedOptionalUntaggedSpec {
    pub own: String,
    #[serde(flatten)]
    pub either: Option<Either>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type")]
pub enum OneInternal {
    Only { value: String },
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedInternal")]
pub struct FlattenedInternalSpec {
    pub own: String,
    #[serde(flatten)]
    pub choice: OneInternal,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(tag = "type", content = "value")]
pub enum OneAdjacent {
    Only(String),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedAdjacent")]
pub struct FlattenedAdjacentSpec {
    pub own: String,
    #[serde(flatten)]
    pub choice: OneAdjacent,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Target {
    Host(String),
    Port(u16),
}

/// Two of a kind meet in `allOf`.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedTwoEnums")]
pub struct FlattenedTwoEnumsSpec {
    #[serde(flatten)]
    pub source: Source,
    #[serde(flatten)]
    pub target: Target,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedTaggedAndUntagged"
)]
pub struct FlattenedTaggedAndUntaggedSpec {
    #[serde(flatten)]
    pub target: Target,
    #[serde(flatten)]
    pub either: Either,
}

kinds![
    FlattenedExternal,
    FlattenedExternalInside,
    FlattenedOptionalExternal,
    FlattenedUnits,
    FlattenedUnitAndOthers,
    FlattenedUntagged,
    FlattenedOptionalUntagged,
    FlattenedInternal,
    FlattenedAdjacent,
    FlattenedTwoEnums,
    FlattenedTaggedAndUntagged,
];
