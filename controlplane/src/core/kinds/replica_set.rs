//! ReplicaSets, as `pkg/registry/apps/replicaset` in Kubernetes has them.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, WORKLOAD},
        object::Object,
        resource::Part,
    },
    rules, workload,
};
use crate::FieldError;

pub(super) const KIND: Builtin = Builtin {
    plural: "replicasets",
    group: "apps",
    begin: workload::drop_disabled,
    keep: |new, _, _| workload::drop_disabled(new),
    validate: |new| spec(&new.value()["spec"]),
    validate_update,
    warnings,
    ..WORKLOAD
};

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    let (new, old) = (new.value(), old.value());
    if part == Part::Status {
        return status(&new["status"]);
    }
    let mut errors = spec(&new["spec"]);
    errors.extend(workload::same_selector(new, old));
    errors
}

fn warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    let mut warnings = Vec::new();
    if old.is_none() {
        warnings.extend(workload::name_warning(new));
    }
    warnings.extend(workload::template_warnings(new, old));
    warnings
}

fn spec(spec: &Value) -> Vec<FieldError> {
    let mut errors = rules::all_nonnegative(spec, "spec", &["replicas", "minReadySeconds"]);
    errors.extend(workload::replicas(spec));
    errors
}

fn status(status: &Value) -> Vec<FieldError> {
    let counts = [
        "replicas",
        "fullyLabeledReplicas",
        "readyReplicas",
        "availableReplicas",
        "observedGeneration",
        "terminatingReplicas",
    ];
    let parts = ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"];
    workload::status(status, &counts, &parts, "readyReplicas")
}
