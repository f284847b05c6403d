//! The lists that make folders of manifests into what `kubectl apply -k` takes.

use serde_json::json;

use crate::yaml;

/// The `kustomization.yaml` of a folder with these files.
pub(crate) fn list<'a>(files: impl IntoIterator<Item = &'a String>) -> String {
    yaml::document(&json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": files.into_iter().collect::<Vec<_>>(),
    }))
}
