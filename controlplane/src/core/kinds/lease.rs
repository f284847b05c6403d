//! Leases, as `pkg/registry/coordination/lease` in Kubernetes has them.

use serde_json::Value;

use super::super::{
    builtin::{Builtin, PLAIN},
    field::Field,
    object::Object,
    resource::Part,
};
use crate::FieldError;

pub(super) const KIND: Builtin = Builtin {
    plural: "leases",
    group: "coordination.k8s.io",
    unconditional_update: false,
    create_on_update: true,
    begin: without_strategy,
    keep: |new, _, _| without_strategy(new),
    validate,
    validate_update: |new, _, _: Part| validate(new),
    ..PLAIN
};

/// What only the feature `CoordinatedLeaderElection` knows, which is off.
fn without_strategy(lease: &mut Object) {
    let spec = lease.fields_mut().get_mut("spec");
    if let Some(spec) = spec.and_then(Value::as_object_mut) {
        spec.remove("strategy");
        spec.remove("preferredHolder");
    }
}

fn validate(lease: &Object) -> Vec<FieldError> {
    let spec = Field::of(lease, "spec");
    let duration = spec.at("leaseDurationSeconds");
    let mut errors = Vec::new();
    if duration.number().is_some_and(|seconds| seconds <= 0) {
        errors.push(duration.invalid("must be greater than 0"));
    }
    errors.extend(spec.at("leaseTransitions").not_negative());
    errors
}
