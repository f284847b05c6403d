//! Fields that a write through an endpoint does not change, and so does not own: the `GetResetFields` of Kubernetes'
//! `pkg/registry/*/*/strategy.go` and of apiextensions' `registry/customresource`.

use super::FieldSet;

/// Built-in resources with a status of its own endpoint.
const WITH_STATUS: [&str; 16] = [
    "customresourcedefinitions",
    "cronjobs",
    "daemonsets",
    "deployments",
    "horizontalpodautoscalers",
    "ingresses",
    "jobs",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "persistentvolumes",
    "poddisruptionbudgets",
    "pods",
    "replicasets",
    "services",
    "statefulsets",
];

/// What a write of a built-in resource ignores; `subresource` is empty for the resource itself.
pub fn ignored(resource: &str, subresource: &str) -> FieldSet {
    let fields: &[&str] = match (resource, subresource) {
        ("namespaces", "finalize") => &["status"],
        ("customresourcedefinitions", "status") => &["metadata", "spec"],
        ("deployments", "status") => &["spec", "metadata.labels"],
        ("pods", "status") => &[
            "spec",
            "metadata.deletionTimestamp",
            "metadata.ownerReferences",
        ],
        (resource, "") if WITH_STATUS.contains(&resource) => &["status"],
        (resource, "status") if WITH_STATUS.contains(&resource) => &["spec"],
        _ => &[],
    };
    FieldSet::of(fields)
}

/// What a write of a custom resource ignores.
pub fn ignored_of_custom(has_status: bool, subresource: &str) -> FieldSet {
    let fields: &[&str] = match subresource {
        "" if has_status => &["status"],
        "status" => &["spec"],
        _ => &[],
    };
    FieldSet::of(fields)
}
