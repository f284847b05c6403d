//! `flatten`: structs, options, maps and enums, whose fields stand beside those of what holds them.

use std::collections::{BTreeMap, HashMap};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shared {
    /// What it is called.
    pub common_name: String,
    pub weight: Option<u8>,
    #[serde(default)]
    pub tags: Vec<String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedStruct")]
pub struct FlattenedStructSpec {
    pub before: String,
    /// This is nowhere.
    #[serde(flatten)]
    pub shared: Shared,
    pub after: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedOption")]
pub struct FlattenedOptionSpec {
    pub own: String,
    #[serde(flatten)]
    pub shared: Option<Shared>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedRequiredOption"
)]
pub struct FlattenedRequiredOptionSpec {
    pub own: String,
    #[serde(flatten)]
    #[schemars(required)]
    pub shared: Option<Shared>,
}

/// A struct that is documented and flattened: whose words are those of the whole?
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedDocs")]
pub struct FlattenedDocsSpec {
    pub documented: HoldsDocumented,
    pub silent: HoldsDocumentedSilently,
}

/// The outer words.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct HoldsDocumented {
    #[serde(flatten)]
    pub inner: Documented,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct HoldsDocumentedSilently {
    #[serde(flatten)]
    pub inner: Documented,
}

/// # The inner title
/// The inner words.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(extend("x-kubernetes-preserve-unknown-fields" = true))]
pub struct Documented {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedTwice")]
pub struct FlattenedTwiceSpec {
    #[serde(flatten)]
    pub first: Nested,
    #[serde(flatten)]
    pub second: OtherShared,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Nested {
    pub own: String,
    #[serde(flatten)]
    pub shared: Shared,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OtherShared {
    pub other: String,
}

/// The same name on both sides: the later one stays.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedOver")]
pub struct FlattenedOverSpec {
    pub first: OwnBefore,
    pub last: OwnAfter,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OwnBefore {
    /// Here a text.
    pub other: String,
    #[serde(flatten)]
    pub inner: OtherNumber,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OwnAfter {
    #[serde(flatten)]
    pub inner: OtherNumber,
    /// Here a text.
    pub other: Option<String>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OtherNumber {
    /// Here a number.
    pub other: u8,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedMaps")]
pub struct FlattenedMapsSpec {
    pub texts: WithTexts,
    pub anything: WithAnything,
    pub json: WithJson,
    pub structs: WithStructs,
    pub only: OnlyMap,
    pub optional: WithOptionalMap,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithTexts {
    pub name: String,
    #[serde(flatten)]
    pub others: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithAnything {
    pub name: String,
    #[serde(flatten)]
    pub others: HashMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithJson {
    pub name: String,
    #[serde(flatten)]
    pub others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithStructs {
    pub name: u8,
    #[serde(flatten)]
    pub others: BTreeMap<String, OtherShared>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OnlyMap {
    #[serde(flatten)]
    pub all: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct WithOptionalMap {
    pub name: String,
    #[serde(flatten)]
    pub others: Option<BTreeMap<String, u8>>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedValue")]
pub struct FlattenedValueSpec {
    pub name: String,
    #[serde(flatten)]
    pub rest: serde_json::Value,
}

/// What denies unknown fields, flattened into what doesn't, and the other way round.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedStrict")]
pub struct FlattenedStrictSpec {
    pub loose: LooseHoldsStrict,
    pub strict: StrictHoldsLoose,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct LooseHoldsStrict {
    pub own: String,
    #[serde(flatten)]
    pub inner: StrictInner,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrictInner {
    pub inner: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct StrictHoldsLoose {
    pub own: String,
    #[serde(flatten)]
    pub inner: OtherShared,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FlattenedInVariants")]
pub struct FlattenedInVariantsSpec {
    pub choice: FlattensInside,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum FlattensInside {
    First {
        own: String,
        #[serde(flatten)]
        shared: Shared,
    },
    Second {
        #[serde(flatten)]
        others: BTreeMap<String, String>,
    },
}

/// Through what only wraps.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "FlattenedThroughWrappers"
)]
pub struct FlattenedThroughWrappersSpec {
    #[serde(flatten)]
    pub boxed: Box<OtherShared>,
    #[serde(flatten)]
    pub newtype: Newtype,
    #[serde(flatten)]
    pub nested: Option<Box<Option<OtherNumber2>>>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Newtype(pub NewtypeInner);

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct NewtypeInner {
    pub within: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct OtherNumber2 {
    pub number: u8,
}

kinds![
    FlattenedStruct,
    FlattenedOption,
    FlattenedRequiredOption,
    FlattenedDocs,
    FlattenedTwice,
    FlattenedOver,
    FlattenedMaps,
    FlattenedValue,
    FlattenedStrict,
    FlattenedInVariants,
    FlattenedThroughWrappers,
];
