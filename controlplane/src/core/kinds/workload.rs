//! What the kinds that make Pods of a template have in common.

use serde_json::Value;

use super::{
    super::{names, object::Object, selector::LabelSelector},
    label_selector, pod_spec, rules,
};
use crate::{FieldError, go, types};

/// What is wrong with the selector of a spec, which there must be.
pub(super) fn selector(spec: &Value, whose: &str) -> Vec<FieldError> {
    let selector = &spec["selector"];
    if selector.is_null() {
        return vec![FieldError::required("spec.selector", "")];
    }
    let mut errors = label_selector::validate(selector, "spec.selector");
    errors.extend(not_empty(selector, whose));
    errors
}

/// A selector that selects all is none for Pods.
pub(super) fn not_empty(selector: &Value, whose: &str) -> Option<FieldError> {
    let why = format!("empty selector is invalid for {whose}");
    let is_empty = selector.is_object() && label_selector::is_empty(selector);
    is_empty.then(|| shown_selector(selector, &why))
}

/// A selector that is not accepted.
pub(super) fn shown_selector(selector: &Value, why: &str) -> FieldError {
    FieldError::invalid("spec.selector", "", why)
        .showing(types::internal("*meta.v1.LabelSelector", selector))
}

/// The selector stays as it was.
pub(super) fn same_selector(new: &Value, old: &Value) -> Option<FieldError> {
    let (new, old) = (&new["spec"]["selector"], &old["spec"]["selector"]);
    (new != old).then(|| shown_selector(new, "field is immutable"))
}

/// Whether the Pods of a template are those that are selected.
pub(super) fn selects_template(selector: &LabelSelector, spec: &Value) -> Option<FieldError> {
    let labels = &spec["template"]["metadata"]["labels"];
    let why = "`selector` does not match template `labels`";
    let error = || FieldError::invalid("spec.template.metadata.labels", labels.clone(), why);
    (!selector.selects(labels)).then(error)
}

/// What Pods that are kept running may not have.
pub(super) fn kept_running(spec: &Value, whose: &str) -> Vec<FieldError> {
    let pod = &spec["template"]["spec"];
    let mut errors = Vec::new();
    if pod["restartPolicy"] != "Always" {
        errors.push(rules::no_such_word(
            "spec.template.spec.restartPolicy",
            &pod["restartPolicy"],
            &["Always"],
        ));
    }
    if !pod["activeDeadlineSeconds"].is_null() {
        errors.push(FieldError::forbidden(
            "spec.template.spec.activeDeadlineSeconds",
            format!("activeDeadlineSeconds in {whose} is not Supported"),
        ));
    }
    errors
}

/// What is wrong with the selector and the template of a ReplicaSet or a Deployment.
pub(super) fn replicas(spec: &Value) -> Vec<FieldError> {
    let mut errors = selector(spec, "deployment");
    let Some(selector) = LabelSelector::of(&spec["selector"]) else {
        errors.push(shown_selector(&spec["selector"], "invalid label selector"));
        return errors;
    };
    errors.extend(selects_template(&selector, spec));
    errors.extend(pod_template(spec, "spec.template"));
    errors.extend(kept_running(spec, "ReplicaSet"));
    errors
}

/// What is wrong with the template of a spec.
pub(super) fn pod_template(spec: &Value, path: &str) -> Vec<FieldError> {
    pod_spec::validate_template(&spec["template"], path)
}

/// What the writer is to be told of a template: of a new one, or where the generation is another.
pub(super) fn template_warnings(new: &Object, old: Option<&Object>) -> Vec<String> {
    if old.is_some_and(|old| old.generation() == new.generation()) {
        return Vec::new();
    }
    pod_spec::warnings_of_template(&new.value()["spec"]["template"], "spec.template")
}

/// Drops what is of no effect in a template.
pub(super) fn drop_disabled(object: &mut Object) {
    if let Some(pod) = object.value_mut().pointer_mut("/spec/template/spec") {
        pod_spec::drop_disabled(pod);
    }
}

/// Names of Pods begin with those of their makers.
pub(super) fn name_warning(object: &Object) -> Option<String> {
    let complaints = names::dns_label(object.name());
    let warning = || {
        format!(
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{}]",
            complaints.join(" ")
        )
    };
    (!complaints.is_empty()).then(warning)
}

/// A number of Pods, or a percentage.
pub(super) fn amount(value: &Value, path: &str) -> Option<FieldError> {
    let Some(text) = value.as_str() else {
        return rules::nonnegative(value, path);
    };
    let complaint = names::percent(text).pop()?;
    Some(shown_amount(value, path, &complaint))
}

/// All Pods are the most that there are.
pub(super) fn at_most_all(value: &Value, path: &str) -> Option<FieldError> {
    let percent = value.as_str().and_then(percentage)?;
    (percent > 100).then(|| shown_amount(value, path, "must not be greater than 100%"))
}

/// An amount that is not accepted.
pub(super) fn shown_amount(value: &Value, path: &str, why: &str) -> FieldError {
    FieldError::invalid(path, "", why).showing(go::json(value))
}

/// Whether an amount is none, whatever the whole is.
pub(super) fn is_nothing(value: &Value) -> bool {
    let number = match value.as_str() {
        Some(text) => percentage(text).or_else(|| text.parse().ok()),
        None => value.as_i64(),
    };
    number.unwrap_or_default() == 0
}

fn percentage(text: &str) -> Option<i64> {
    let digits = text.strip_suffix('%')?;
    let all = !digits.is_empty() && digits.bytes().all(|one| one.is_ascii_digit());
    all.then(|| digits.parse().unwrap_or(i64::MAX))
}

/// The counts of a status: none is below zero, `parts` are no more than there are, and what is available is ready,
/// which each kind tells by another name.
pub(super) fn status(
    status: &Value,
    counts: &[&str],
    parts: &[&str],
    ready: &str,
) -> Vec<FieldError> {
    let count = |field: &str| status[field].as_i64().unwrap_or_default();
    let no_more_than = |field: &str, limit: &str, told: &str| {
        let why = format!("cannot be greater than {told}");
        let error = || FieldError::invalid(format!("status.{field}"), count(field), why);
        (count(field) > count(limit)).then(error)
    };
    let mut errors = rules::all_nonnegative(status, "status", counts);
    let too_many = |part: &&str| no_more_than(part, "replicas", "status.replicas");
    errors.extend(parts.iter().filter_map(too_many));
    errors.extend(no_more_than("availableReplicas", "readyReplicas", ready));
    errors
}

/// A count of collisions only grows.
pub(super) fn collisions(new: &Value, old: &Value) -> Option<FieldError> {
    let count = |object: &Value| object["status"]["collisionCount"].as_i64();
    let (new, old) = (count(new), count(old));
    let decremented = old.is_some_and(|old| new.is_none_or(|new| new < old));
    let error = || {
        FieldError::invalid(
            "status.collisionCount",
            new.unwrap_or_default(),
            "cannot be decremented",
        )
    };
    decremented.then(error)
}
