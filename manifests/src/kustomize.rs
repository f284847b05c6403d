//! What the manifests have in common for `kubectl apply -k`: the lists of files, and the labels.

use serde_json::{Value, json};

use crate::yaml;

/// The `kustomization.yaml` of a folder with these files.
pub(crate) fn list<'a>(files: impl IntoIterator<Item = &'a String>) -> String {
    yaml::document(&json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": files.into_iter().collect::<Vec<_>>(),
    }))
}

/// The labels that Kubebuilder gives its objects.
pub(crate) fn labels(project: &str) -> Value {
    json!({ "app.kubernetes.io/managed-by": "kustomize", "app.kubernetes.io/name": project })
}
