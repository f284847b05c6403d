//! Kinds by myop's `#[resource]` and `#[status]`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use myop::{resource, schema, status};
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

/// `#[schema]` below `#[resource]`, and in the types of fields.
#[resource(group = "example.com", version = "v1", kind = "Said", status = SaidStatus)]
#[schema(exactly_one_of(first_one, second), at_least_one_of(second, namespace))]
#[x_kube(validation = "self.fixed != ''")]
pub struct SaidSpec {
    pub first_one: Option<String>,
    /// Words.
    pub second: Option<Vec<Listener>>,
    #[schemars(length(min = 1))]
    pub namespace: Option<String>,
    #[schema(immutable)]
    pub fixed: String,
    #[schema(immutable)]
    #[x_kube(validation = "self != ''")]
    pub fixed_once: Option<String>,
    #[schema(immutable)]
    #[serde(default)]
    pub fixed_by_default: bool,
    #[schema(not_null)]
    pub phase: Option<Phase>,
    #[schema(embedded_resource, preserve_unknown_fields)]
    pub object: k8s_openapi::apimachinery::pkg::runtime::RawExtension,
    #[schema(preserve_unknown_fields)]
    pub anything: serde_json::Value,
    pub nested: Nested,
}

#[status]
#[schema(preserve_unknown_fields)]
pub struct SaidStatus {
    #[schema(not_null)]
    pub url: Option<String>,
}

/// Names in a case of its own.
#[schema(at_most_one_of(tls, plain_text), preserve_unknown_fields)]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Listener {
    #[serde(rename = "TLS")]
    pub tls: Option<String>,
    pub plain_text: Option<String>,
    #[schema(immutable)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port_number: Option<u16>,
}

/// Rules of kube's beside.
#[myop::schema(exactly_one_of(a, b))]
#[derive(Clone, Debug, Deserialize, Serialize, kube::KubeSchema)]
#[x_kube(validation = "self.c > 0")]
pub struct Nested {
    #[schemars(with = "String")]
    pub a: Option<Phase>,
    pub b: Option<i32>,
    #[schema(immutable)]
    pub c: i32,
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
    DatumObject,
    Said
];
