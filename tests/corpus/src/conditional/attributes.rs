//! Attributes that are there only under a condition.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ConditionalAttributes")]
#[cfg_attr(feature = "on", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "off", serde(deny_unknown_fields))]
#[cfg_attr(feature = "on", kube(namespaced, shortname = "ca"))]
pub struct ConditionalAttributesSpec {
    #[cfg_attr(
        feature = "on",
        serde(rename = "renamed", default),
        schemars(length(min = 1))
    )]
    pub several: String,
    #[cfg_attr(feature = "off", serde(rename = "wrong"))]
    pub not_renamed: String,
    #[cfg_attr(
        feature = "on",
        cfg_attr(not(feature = "off"), schemars(length(max = 9)))
    )]
    pub nested: String,
    #[cfg_attr(all(feature = "on", unix), schemars(title = "Title"))]
    pub by_two: String,
}

/// Derives under a condition: the kind itself hangs on it.
#[cfg_attr(
    feature = "on",
    derive(CustomResource, JsonSchema),
    kube(group = "example.com", version = "v1", kind = "ConditionalDerive")
)]
#[derive(Serialize, Deserialize, Clone, Debug)]
pub struct ConditionalDeriveSpec {
    pub inner: ConditionallyDerived,
}

#[derive(Serialize, Deserialize, Clone, Debug)]
#[cfg_attr(feature = "on", derive(JsonSchema))]
pub struct ConditionallyDerived {
    pub name: String,
}

#[cfg_attr(
    feature = "off",
    derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)
)]
#[cfg_attr(
    feature = "off",
    kube(group = "example.com", version = "v1", kind = "NotDerived")
)]
pub struct NotDerivedSpec {
    pub a: String,
}

kinds![ConditionalAttributes, ConditionalDerive];
