//! Kinds by myop's `#[resource]` and `#[status]`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use myop::{resource, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind with all that myop adds.
#[resource(
    group = "example.com",
    version = "v1alpha1",
    kind = "Resource",
    namespaced,
    status = ResourceStatus,
    shortname = "re",
    category = "all",
    printcolumn(name = "Image", type_ = "string", json_path = ".spec.image", priority = 1),
    scale(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas"),
    validation = "self.metadata.name.size() < 20",
    annotation("example.com/team", "web"),
    deprecated = "use v1"
)]
pub struct ResourceSpec {
    /// The image to run.
    #[schemars(length(min = 1))]
    pub image: String,
    pub replicas: Option<i32>,
    #[x_kube(validation = Rule::new("self == oldSelf").message("it stays"))]
    pub storage_class: Option<String>,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    pub resources: Option<ResourceRequirements>,
    pub phase: Phase,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
pub enum Phase {
    #[default]
    Starting,
    Running,
}

/// What has been seen.
#[status]
pub struct ResourceStatus {
    /// The replicas that there are.
    pub replicas: i32,
    pub phase: Option<Phase>,
}

/// The shortest there is.
#[resource(group = "example.com", version = "v1", kind = "Shortest")]
pub struct ShortestSpec {}

/// The author's own case, plural and doc.
#[resource(
    group = "example.com",
    version = "v1",
    kind = "OwnCase",
    plural = "owncasing",
    status = OwnCaseStatus,
    doc = "Words of the kind."
)]
#[serde(rename_all = "kebab-case")]
pub struct OwnCaseSpec {
    pub two_words: String,
    #[serde(skip)]
    pub skipped: Option<String>,
}

#[status]
#[serde(rename_all = "snake_case")]
pub struct OwnCaseStatus {
    pub two_words: Option<String>,
}

/// # A title
///
/// And words, over
/// two lines.
#[resource(group = "example.com", version = "v1", kind = "TitledResource", namespaced, status = EmptyStatus)]
pub struct TitledResourceSpec {
    pub a: String,
}

#[status]
pub struct EmptyStatus {}

/// myop's plural is Kubebuilder's.
#[resource(group = "example.com", version = "v1", kind = "Proxy")]
pub struct ProxySpec {
    pub a: String,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Datum",
    root = "DatumObject",
    selectable = ".spec.a"
)]
#[derive(PartialEq)]
pub struct DatumSpec {
    pub a: String,
}

pub mod by_path {
    use myop;

    #[myop::resource(group = "example.com", version = "v1", kind = "ByPath", status = super::EmptyStatus)]
    #[x_kube(validation = "self.a != ''")]
    pub struct ByPathSpec {
        pub a: String,
    }

    kinds![ByPath];
}

kinds![
    Resource,
    Shortest,
    OwnCase,
    TitledResource,
    Proxy,
    DatumObject
];
