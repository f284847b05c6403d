//! PodDisruptionBudgets, as `pkg/registry/policy/poddisruptionbudget` in Kubernetes has them.

use super::{
    super::{
        builtin::{Builtin, Metadata, WORKLOAD},
        conditions,
        field::Field,
        names,
        object::Object,
        resource::Part,
    },
    label_selector,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "poddisruptionbudgets",
    group: "policy",
    unconditional_update: false,
    name: names::path_segment,
    metadata: Metadata::Apart,
    validate,
    validate_update,
    ..WORKLOAD
};

fn validate(budget: &Object) -> Vec<FieldError> {
    let spec = Field::of(budget, "spec");
    let mut errors = Vec::new();
    if spec.at("minAvailable").is_set() && spec.at("maxUnavailable").is_set() {
        errors.push(
            spec.invalid("minAvailable and maxUnavailable cannot be both set")
                .showing(types::internal(
                    "policy.PodDisruptionBudgetSpec",
                    spec.value(),
                )),
        );
    }
    for field in ["minAvailable", "maxUnavailable"] {
        errors.extend(count_or_percent(&spec.at(field)));
    }
    errors.extend(label_selector::validate(
        &spec.value()["selector"],
        "spec.selector",
    ));
    let policy = spec.at("unhealthyPodEvictionPolicy");
    if policy.is_set() {
        errors.extend(policy.one_of(&["AlwaysAllow", "IfHealthyBudget"]));
    }
    errors
}

/// How many, or how many of a hundred.
fn count_or_percent(amount: &Field<'_>) -> Vec<FieldError> {
    if !amount.value().is_string() {
        return amount.not_negative().into_iter().collect();
    }
    let wrong = amount.complaints(names::percent);
    if !wrong.is_empty() {
        return wrong;
    }
    let percent: u64 = amount
        .text()
        .trim_end_matches('%')
        .parse()
        .unwrap_or(u64::MAX);
    (percent > 100)
        .then(|| amount.invalid("must not be greater than 100%"))
        .into_iter()
        .collect()
}

fn validate_update(new: &Object, _: &Object, part: Part) -> Vec<FieldError> {
    if part != Part::Status {
        return validate(new);
    }
    let status = Field::of(new, "status");
    let mut errors = conditions::validate(&status.at("conditions"));
    for field in [
        "disruptionsAllowed",
        "currentHealthy",
        "desiredHealthy",
        "expectedPods",
    ] {
        errors.extend(status.at(field).not_negative());
    }
    errors
}
