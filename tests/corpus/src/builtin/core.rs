//! Types of the core group and of others.

use std::collections::BTreeMap;

use k8s_openapi::api::{
    apps::v1::{Deployment, DeploymentStrategy},
    core::v1::{
        self, Affinity, Container, EnvVar, LocalObjectReference, ObjectReference, PodTemplateSpec,
        ResourceRequirements, SecretKeySelector, Toleration, Volume,
    },
    networking::v1::IngressTLS,
};
use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "PodTemplated")]
pub struct PodTemplatedSpec {
    pub template: PodTemplateSpec,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "References")]
pub struct ReferencesSpec {
    pub local: LocalObjectReference,
    /// Words of the field.
    pub documented: LocalObjectReference,
    pub optional: Option<LocalObjectReference>,
    /// Words of the field.
    pub optional_documented: Option<SecretKeySelector>,
    pub list: Vec<LocalObjectReference>,
    pub optional_list: Option<Vec<SecretKeySelector>>,
    pub map: BTreeMap<String, SecretKeySelector>,
    pub object: ObjectReference,
    #[serde(default)]
    pub with_default: LocalObjectReference,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<ObjectReference>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "PodParts")]
#[serde(rename_all = "camelCase")]
pub struct PodPartsSpec {
    pub resources: ResourceRequirements,
    pub optional_resources: Option<ResourceRequirements>,
    #[serde(default)]
    pub env: Vec<EnvVar>,
    pub tolerations: Option<Vec<Toleration>>,
    pub volumes: Vec<Volume>,
    pub affinity: Option<Affinity>,
    pub container: Option<Box<Container>>,
    pub by_module: v1::ServicePort,
    pub by_full_path: k8s_openapi::api::core::v1::Probe,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "OtherGroups")]
pub struct OtherGroupsSpec {
    pub strategy: Option<DeploymentStrategy>,
    pub tls: Vec<IngressTLS>,
    pub rules: Vec<k8s_openapi::api::rbac::v1::PolicyRule>,
    pub metrics: Option<Vec<k8s_openapi::api::autoscaling::v2::MetricSpec>>,
}

/// A whole object within a spec.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "WholeObjects")]
pub struct WholeObjectsSpec {
    pub deployment: Deployment,
    pub config: Option<v1::ConfigMap>,
    pub secret: Option<v1::Secret>,
}

type Secrets = Vec<v1::SecretReference>;

/// Flattened, in variants, behind aliases, limited.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "BuiltinElsewhere")]
pub struct BuiltinElsewhereSpec {
    #[serde(flatten)]
    pub reference: v1::TypedLocalObjectReference,
    pub alias: Secrets,
    pub choice: BuiltinVariants,
    pub either: BuiltinUntagged,
    pub newtype: BuiltinNewtype,
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"]))]
    pub limited: Vec<EnvVar>,
    #[schemars(required)]
    pub required: Option<SecretKeySelector>,
    #[schemars(with = "v1::SecretReference")]
    pub borrowed: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BuiltinVariants {
    Secret(SecretKeySelector),
    /// Words of the variant.
    Config(v1::ConfigMapKeySelector),
    Inline {
        volumes: Vec<v1::VolumeMount>,
    },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(untagged)]
pub enum BuiltinUntagged {
    Secret { secret: v1::SecretReference },
    Config { config: LocalObjectReference },
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct BuiltinNewtype(pub v1::ResourceQuotaSpec);

/// The spec is a type of Kubernetes' through and through.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "BuiltinAsSpec")]
#[serde(transparent)]
pub struct BuiltinAsSpecSpec(pub v1::ServiceAccount);

kinds![
    PodTemplated,
    References,
    PodParts,
    OtherGroups,
    WholeObjects,
    BuiltinElsewhere,
    BuiltinAsSpec,
];
