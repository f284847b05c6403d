//! DaemonSets, as `pkg/registry/apps/daemonset` in Kubernetes has them.

use serde_json::{Value, json};

use super::{
    super::{
        builtin::{Builtin, WORKLOAD},
        object::Object,
        resource::Part,
        selector::LabelSelector,
    },
    label_selector, rules, workload,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "daemonsets",
    group: "apps",
    begin,
    keep,
    validate: spec,
    validate_update,
    warnings,
    ..WORKLOAD
};

/// Where v1 has what is `spec.templateGeneration` inside.
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";

fn template_generation(set: &Object) -> i64 {
    let annotations = set.meta().get("annotations");
    let text = annotations.and_then(|annotations| annotations[TEMPLATE_GENERATION].as_str());
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn set_template_generation(set: &mut Object, generation: i64) {
    let annotations = set
        .meta_mut()
        .entry("annotations")
        .or_insert_with(|| json!({}));
    annotations[TEMPLATE_GENERATION] = generation.to_string().into();
}

fn begin(new: &mut Object) {
    set_template_generation(new, template_generation(new).max(1));
    workload::drop_disabled(new);
}

fn keep(new: &mut Object, old: &Object, part: Part) {
    if part == Part::Main {
        workload::drop_disabled(new);
        let is_same = new.value()["spec"]["template"] == old.value()["spec"]["template"];
        let generation = template_generation(old);
        set_template_generation(new, if is_same { generation } else { generation + 1 });
    }
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    if part == Part::Status {
        let mut errors = status(&new.value()["status"]);
        errors.extend(workload::collisions(new.value(), old.value()));
        return errors;
    }
    let mut errors = Vec::new();
    errors.extend(workload::same_selector(new.value(), old.value()));
    errors.extend(spec(new));
    errors
}

fn warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    let is_new = old.is_none_or(|old| template_generation(new) != template_generation(old));
    if is_new {
        workload::template_warnings(new, old)
    } else {
        Vec::new()
    }
}

fn spec(set: &Object) -> Vec<FieldError> {
    let spec = &set.value()["spec"];
    let selector = &spec["selector"];
    let mut errors = label_selector::validate(selector, "spec.selector");
    if let Some(selector) = LabelSelector::of(selector) {
        errors.extend(workload::selects_template(&selector, spec));
    }
    errors.extend(workload::not_empty(selector, "daemonset"));
    errors.extend(workload::pod_template(spec, "spec.template"));
    errors.extend(workload::kept_running(spec, "DaemonSet"));
    errors.extend(rules::nonnegative(
        &spec["minReadySeconds"],
        "spec.minReadySeconds",
    ));
    let generation = json!(template_generation(set));
    errors.extend(rules::nonnegative(&generation, "spec.templateGeneration"));
    errors.extend(strategy(&spec["updateStrategy"]));
    errors.extend(rules::nonnegative(
        &spec["revisionHistoryLimit"],
        "spec.revisionHistoryLimit",
    ));
    errors
}

fn strategy(strategy: &Value) -> Vec<FieldError> {
    match strategy["type"].as_str().unwrap_or_default() {
        "OnDelete" => Vec::new(),
        "RollingUpdate" => rolling_update(&strategy["rollingUpdate"]),
        _ => {
            let words = ["RollingUpdate", "OnDelete"];
            let error = FieldError::not_supported("spec.updateStrategy", "", &words);
            vec![error.showing(types::internal("apps.DaemonSetUpdateStrategy", strategy))]
        }
    }
}

fn rolling_update(rolling: &Value) -> Vec<FieldError> {
    let field = |name: &str| format!("spec.updateStrategy.rollingUpdate.{name}");
    let of_unavailable = field("maxUnavailable");
    let of_surge = field("maxSurge");
    let (unavailable, surge) = (&rolling["maxUnavailable"], &rolling["maxSurge"]);
    let mut errors = Vec::new();
    errors.extend(workload::amount(unavailable, &of_unavailable));
    errors.extend(workload::amount(surge, &of_surge));
    errors.extend(workload::at_most_all(unavailable, &of_unavailable));
    errors.extend(workload::at_most_all(surge, &of_surge));
    match (
        workload::is_nothing(unavailable),
        workload::is_nothing(surge),
    ) {
        (true, true) => errors.push(FieldError::required(
            of_unavailable,
            "cannot be 0 when maxSurge is 0",
        )),
        (false, false) => {
            let why = "may not be set when maxUnavailable is non-zero";
            errors.push(workload::shown_amount(surge, &of_surge, why));
        }
        _ => {}
    }
    errors
}

fn status(status: &Value) -> Vec<FieldError> {
    let counts = [
        "currentNumberScheduled",
        "numberMisscheduled",
        "desiredNumberScheduled",
        "numberReady",
        "observedGeneration",
        "updatedNumberScheduled",
        "numberAvailable",
        "numberUnavailable",
        "collisionCount",
    ];
    rules::all_nonnegative(status, "status", &counts)
}
