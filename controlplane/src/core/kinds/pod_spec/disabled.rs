//! Fields of features that are off in Kubernetes 1.35 unless switched on: they are dropped without a word.

use serde_json::{Map, Value};

/// Drops them from a spec.
pub(in super::super) fn drop_disabled(spec: &mut Value) {
    remove(spec, "workloadRef");
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in items(spec.get_mut(list)) {
            let lifecycle = container.get_mut("lifecycle");
            let lifecycle = lifecycle.and_then(Value::as_object_mut);
            if let Some(lifecycle) = lifecycle
                && lifecycle.remove("stopSignal").is_some()
                && lifecycle.is_empty()
            {
                container.remove("lifecycle");
            }
        }
    }
    for volume in items(spec.get_mut("volumes")) {
        let sources = volume
            .get_mut("projected")
            .and_then(|it| it.get_mut("sources"));
        for source in items(sources) {
            source.remove("clusterTrustBundle");
            source.remove("podCertificate");
        }
    }
}

/// Drops them from a status.
pub(in super::super) fn drop_disabled_in_status(status: &mut Value) {
    for field in [
        "resources",
        "allocatedResources",
        "extendedResourceClaimStatus",
    ] {
        remove(status, field);
    }
    for statuses in super::STATUSES {
        for status in items(status.get_mut(statuses)) {
            status.remove("allocatedResourcesStatus");
        }
    }
}

fn remove(value: &mut Value, field: &str) {
    if let Some(fields) = value.as_object_mut() {
        fields.remove(field);
    }
}

fn items(list: Option<&mut Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let list = list.and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}
