//! The kinds of the recorded objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    super::{FieldSet, Target},
    schemas::Documents,
};
use crate::Schema;

/// The built-in kinds among them: their resources, versions, and types in OpenAPI.
pub(super) const BUILT_IN: [(&str, &str, &str); 35] = [
    ("configmaps", "v1", "core.v1.ConfigMap"),
    ("services", "v1", "core.v1.Service"),
    ("pods", "v1", "core.v1.Pod"),
    ("namespaces", "v1", "core.v1.Namespace"),
    ("secrets", "v1", "core.v1.Secret"),
    ("serviceaccounts", "v1", "core.v1.ServiceAccount"),
    ("events", "v1", "core.v1.Event"),
    ("events", "events.k8s.io/v1", "events.v1.Event"),
    ("nodes", "v1", "core.v1.Node"),
    (
        "persistentvolumeclaims",
        "v1",
        "core.v1.PersistentVolumeClaim",
    ),
    ("persistentvolumes", "v1", "core.v1.PersistentVolume"),
    ("endpoints", "v1", "core.v1.Endpoints"),
    (
        "endpointslices",
        "discovery.k8s.io/v1",
        "discovery.v1.EndpointSlice",
    ),
    ("deployments", "apps/v1", "apps.v1.Deployment"),
    ("replicasets", "apps/v1", "apps.v1.ReplicaSet"),
    ("statefulsets", "apps/v1", "apps.v1.StatefulSet"),
    ("daemonsets", "apps/v1", "apps.v1.DaemonSet"),
    (
        "controllerrevisions",
        "apps/v1",
        "apps.v1.ControllerRevision",
    ),
    ("jobs", "batch/v1", "batch.v1.Job"),
    ("cronjobs", "batch/v1", "batch.v1.CronJob"),
    (
        "poddisruptionbudgets",
        "policy/v1",
        "policy.v1.PodDisruptionBudget",
    ),
    ("roles", "rbac.authorization.k8s.io/v1", "rbac.v1.Role"),
    (
        "clusterroles",
        "rbac.authorization.k8s.io/v1",
        "rbac.v1.ClusterRole",
    ),
    (
        "rolebindings",
        "rbac.authorization.k8s.io/v1",
        "rbac.v1.RoleBinding",
    ),
    (
        "clusterrolebindings",
        "rbac.authorization.k8s.io/v1",
        "rbac.v1.ClusterRoleBinding",
    ),
    ("leases", "coordination.k8s.io/v1", "coordination.v1.Lease"),
    (
        "networkpolicies",
        "networking.k8s.io/v1",
        "networking.v1.NetworkPolicy",
    ),
    ("ingresses", "networking.k8s.io/v1", "networking.v1.Ingress"),
    (
        "ingressclasses",
        "networking.k8s.io/v1",
        "networking.v1.IngressClass",
    ),
    (
        "priorityclasses",
        "scheduling.k8s.io/v1",
        "scheduling.v1.PriorityClass",
    ),
    (
        "storageclasses",
        "storage.k8s.io/v1",
        "storage.v1.StorageClass",
    ),
    (
        "horizontalpodautoscalers",
        "autoscaling/v2",
        "autoscaling.v2.HorizontalPodAutoscaler",
    ),
    (
        "mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/v1",
        "admissionregistration.v1.MutatingWebhookConfiguration",
    ),
    (
        "validatingwebhookconfigurations",
        "admissionregistration.k8s.io/v1",
        "admissionregistration.v1.ValidatingWebhookConfiguration",
    ),
    ("scale", "autoscaling/v1", "autoscaling.v1.Scale"),
];

fn key(resource: &str, version: &str) -> String {
    format!("{resource}.{version}")
}

/// Kinds by their resources.
pub(super) struct Kinds(BTreeMap<String, Kind>);

pub(super) struct Kind {
    pub(super) schema: Schema,
    pub(super) is_custom: bool,
    pub(super) has_status: bool,
    name: String,
    versions: Vec<String>,
}

impl Kinds {
    pub(super) fn of(documents: &Documents) -> Self {
        let built_in = BUILT_IN.into_iter().map(|(resource, version, name)| {
            let kind = Kind {
                schema: documents.named(&format!("io.k8s.api.{name}")),
                is_custom: false,
                has_status: true,
                name: name.rsplit('.').next().unwrap().to_owned(),
                versions: vec![version.to_owned()],
            };
            (key(resource, version), kind)
        });
        let mut kinds = Self(built_in.collect());
        kinds.define(documents, &super::widget());
        kinds
    }

    pub(super) fn of_resource(&self, resource: &str, version: &str) -> &Kind {
        let custom = self.0.get(resource);
        custom.unwrap_or_else(|| &self.0[&key(resource, version)])
    }

    /// As a definition has it. All its versions have one schema.
    pub(super) fn define(&mut self, documents: &Documents, definition: &Value) {
        let spec = &definition["spec"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let versions = spec["versions"].as_array().unwrap();
        let kind = Kind {
            schema: documents.custom(&versions[0]["schema"]["openAPIV3Schema"]),
            is_custom: true,
            has_status: versions[0]["subresources"]["status"].is_object(),
            name: text(&spec["names"]["kind"]),
            versions: versions
                .iter()
                .map(|version| format!("{}/{}", text(&spec["group"]), text(&version["name"])))
                .collect(),
        };
        self.0.insert(text(&spec["names"]["plural"]), kind);
    }
}

impl Kind {
    /// What a request in a version writes.
    pub(super) fn target<'a>(&'a self, version: &'a str, ignored: &'a FieldSet) -> Target<'a> {
        Target {
            schema: &self.schema,
            api_version: version,
            kind: &self.name,
            versions: &self.versions,
            others: &[],
            built_in: !self.is_custom,
            ignored,
        }
    }
}
