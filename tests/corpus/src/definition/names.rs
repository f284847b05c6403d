//! Names: kind, root, plural, singular, short names, categories; where objects live.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Cluster")]
pub struct ClusterSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Namespaced", namespaced)]
pub struct NamespacedSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "NamespacedByValue",
    namespaced = true
)]
pub struct NamespacedByValueSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "names.example.com",
    version = "v2beta1",
    kind = "AllNames",
    plural = "everyname",
    singular = "onename",
    shortname = "an",
    shortname = "ans",
    category = "all",
    category = "names"
)]
pub struct AllNamesSpec {
    pub a: String,
}

/// The type has another name than the kind.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Rooted",
    root = "RootedType"
)]
pub struct RootedSpec {
    pub a: String,
}

/// The spec's name needn't end in `Spec`.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Ordinary")]
struct WhatIsWanted {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1")]
#[kube(kind = "InSeveralAttributes")]
#[kube(namespaced)]
#[kube(shortname = "one")]
#[kube(shortname = "two")]
pub struct InSeveralAttributesSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Policy")]
pub struct PolicySpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Gateway")]
pub struct GatewaySpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Ingress")]
pub struct IngressSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Batch")]
pub struct BatchSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Mesh")]
pub struct MeshSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Mailbox")]
pub struct MailboxSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Quiz")]
pub struct QuizSpec {
    pub a: String,
}

/// Plural of the singular, where that is given.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Irregular",
    singular = "query"
)]
pub struct IrregularSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "OwnPaths",
    crates(
        kube = "::kube",
        kube_core = "::kube::core",
        k8s_openapi = "::k8s_openapi",
        schemars = "::schemars",
        serde = "::serde",
        serde_json = "::serde_json",
        std = "::std"
    )
)]
#[serde(crate = "::serde")]
#[schemars(crate = "::schemars")]
pub struct OwnPathsSpec {
    pub a: String,
}

kinds![
    Cluster,
    Namespaced,
    NamespacedByValue,
    AllNames,
    RootedType,
    Ordinary,
    InSeveralAttributes,
    Policy,
    Gateway,
    Ingress,
    Batch,
    Mesh,
    Mailbox,
    Quiz,
    Irregular,
    OwnPaths,
];
