//! Deployments, as `pkg/registry/apps/deployment` in Kubernetes has them.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, WORKLOAD},
        object::Object,
        resource::Part,
    },
    rules, workload,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "deployments",
    group: "apps",
    begin: workload::drop_disabled,
    keep,
    is_renewed,
    validate: spec,
    validate_update,
    warnings,
    ..WORKLOAD
};

fn keep(new: &mut Object, old: &Object, part: Part) {
    if part == Part::Status {
        new.take_meta("labels", old);
    } else {
        workload::drop_disabled(new);
    }
}

/// Annotations are copied to ReplicaSets.
fn is_renewed(new: &Object, old: &Object) -> bool {
    new.fields().get("spec") != old.fields().get("spec")
        || new.meta().get("annotations") != old.meta().get("annotations")
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    if part == Part::Status {
        let mut errors = status(&new.value()["status"]);
        errors.extend(workload::collisions(new.value(), old.value()));
        return errors;
    }
    let mut errors = spec(new);
    errors.extend(workload::same_selector(new.value(), old.value()));
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

fn spec(deployment: &Object) -> Vec<FieldError> {
    const DEADLINE: &str = "spec.progressDeadlineSeconds";
    let spec = &deployment.value()["spec"];
    let mut errors = rules::all_nonnegative(spec, "spec", &["replicas"]);
    errors.extend(workload::replicas(spec));
    errors.extend(strategy(&spec["strategy"]));
    let counts = ["minReadySeconds", "revisionHistoryLimit"];
    errors.extend(rules::all_nonnegative(spec, "spec", &counts));
    errors.extend(rules::nonnegative(
        &rollback(deployment),
        "spec.rollback.version",
    ));
    errors.extend(rules::nonnegative(
        &spec["progressDeadlineSeconds"],
        DEADLINE,
    ));
    let ready = spec["minReadySeconds"].as_i64().unwrap_or_default();
    let deadline = spec["progressDeadlineSeconds"].as_i64();
    if let Some(deadline) = deadline.filter(|deadline| *deadline <= ready) {
        errors.push(FieldError::invalid(
            DEADLINE,
            deadline,
            "must be greater than minReadySeconds",
        ));
    }
    errors
}

/// The revision to go back to, which v1 has in an annotation.
fn rollback(deployment: &Object) -> Value {
    let annotations = deployment.meta().get("annotations");
    let text = annotations.and_then(|it| it["deprecated.deployment.rollback.to"].as_str());
    text.and_then(|text| text.parse::<i64>().ok()).into()
}

fn strategy(strategy: &Value) -> Vec<FieldError> {
    const ROLLING: &str = "spec.strategy.rollingUpdate";
    let rolling = &strategy["rollingUpdate"];
    match strategy["type"].as_str().unwrap_or_default() {
        "Recreate" if rolling.is_null() => Vec::new(),
        "Recreate" => vec![FieldError::forbidden(
            ROLLING,
            "may not be specified when strategy `type` is 'Recreate'",
        )],
        "RollingUpdate" => rolling_update(rolling, ROLLING),
        _ => {
            let words = ["Recreate", "RollingUpdate"];
            let error = FieldError::not_supported("spec.strategy", "", &words);
            vec![error.showing(types::internal("apps.DeploymentStrategy", strategy))]
        }
    }
}

fn rolling_update(rolling: &Value, path: &str) -> Vec<FieldError> {
    let (unavailable, surge) = (&rolling["maxUnavailable"], &rolling["maxSurge"]);
    let field = format!("{path}.maxUnavailable");
    let mut errors = Vec::new();
    errors.extend(workload::amount(unavailable, &field));
    errors.extend(workload::amount(surge, &format!("{path}.maxSurge")));
    if workload::is_nothing(unavailable) && workload::is_nothing(surge) {
        let why = "may not be 0 when `maxSurge` is 0";
        errors.push(workload::shown_amount(unavailable, &field, why));
    }
    errors.extend(workload::at_most_all(unavailable, &field));
    errors
}

fn status(status: &Value) -> Vec<FieldError> {
    let counts = [
        "observedGeneration",
        "replicas",
        "updatedReplicas",
        "readyReplicas",
        "availableReplicas",
        "unavailableReplicas",
        "terminatingReplicas",
        "collisionCount",
    ];
    let parts = ["updatedReplicas", "readyReplicas", "availableReplicas"];
    workload::status(status, &counts, &parts, "readyReplicas")
}
