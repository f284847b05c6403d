//! What a change of a pod may change.

use serde_json::{Value, json};

use super::super::{
    super::{
        field::{Errors, Field},
        object::Object,
        resource::Part,
    },
    pod_spec::{containers, drop_disabled, tolerations},
};
use crate::FieldReason;

/// Takes back what this part of a pod may not change.
pub(super) fn keep(new: &mut Object, old: &Object, part: Part) {
    if part == Part::Status {
        new.take_field("spec", old);
        new.meta_mut().remove("deletionTimestamp");
        new.take_meta("ownerReferences", old);
        keep_in_status(new, old);
        return;
    }
    new.take_field("status", old);
    drop_disabled(&mut new.value_mut()["spec"]);
}

/// What a status keeps where a new one says nothing of it.
fn keep_in_status(new: &mut Object, old: &Object) {
    let before = &old.value()["status"];
    let status = &mut new.value_mut()["status"];
    if !status.is_object() {
        *status = json!({});
    }
    if status["qosClass"].as_str().unwrap_or_default().is_empty() {
        status["qosClass"] = before["qosClass"].clone();
    }
    keep_generation(status, before);
    let mut known: Vec<&Value> = before["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let conditions = status.get_mut("conditions").and_then(Value::as_array_mut);
    for condition in conditions.into_iter().flatten() {
        let found = known.iter().position(|it| it["type"] == condition["type"]);
        if let Some(found) = found {
            keep_generation(condition, known.remove(found));
        }
    }
}

fn keep_generation(new: &mut Value, old: &Value) {
    let is_zero = |value: &Value| value.as_i64().unwrap_or_default() == 0;
    if is_zero(&new["observedGeneration"]) {
        if is_zero(&old["observedGeneration"]) {
            if let Some(fields) = new.as_object_mut() {
                fields.remove("observedGeneration");
            }
        } else {
            new["observedGeneration"] = old["observedGeneration"].clone();
        }
    }
}

/// What is wrong with a change of a spec.
pub(super) fn validate(new: &Object, old: &Object) -> Errors {
    let (new, old) = (
        Field::new("spec", &new.value()["spec"]),
        Field::new("spec", &old.value()["spec"]),
    );
    let mut errors = Errors::new();
    for list in ["containers", "initContainers"] {
        let containers = new.at(list);
        if containers.len() != old.at(list).len() {
            errors.push(containers.forbidden("pod updates may not add or remove containers"));
            return errors;
        }
        for container in containers.items() {
            errors.extend(container.at("image").need());
            errors.extend(containers::trimmed_image(&container));
        }
    }
    match deadline(&new, &old) {
        Ok(error) => errors.extend(error),
        Err(error) => {
            errors.push(error);
            return errors;
        }
    }
    errors.extend(added_tolerations(
        &new.at("tolerations"),
        &old.at("tolerations"),
    ));
    errors.extend(removed_gates(
        &new.at("schedulingGates"),
        &old.at("schedulingGates"),
    ));
    errors
}

/// The time that a pod has may be set, and become shorter. An error of the second kind is the last that is told.
fn deadline(
    new: &Field<'_>,
    old: &Field<'_>,
) -> Result<Option<crate::FieldError>, crate::FieldError> {
    let (field, before) = (
        new.at("activeDeadlineSeconds"),
        old.at("activeDeadlineSeconds").number(),
    );
    let Some(seconds) = field.number() else {
        let why = "must not update from a positive integer to nil value";
        return Ok(before.map(|_| field.error(FieldReason::Invalid, Value::Null, why)));
    };
    if let Some(error) = field.within(0, i64::from(i32::MAX)) {
        return Err(error);
    }
    if before.is_some_and(|before| before < seconds) {
        return Err(field.invalid("must be less than or equal to previous value"));
    }
    Ok(None)
}

fn added_tolerations(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let without_seconds = |toleration: &Field<'_>| {
        let mut value = toleration.value().clone();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("tolerationSeconds");
        }
        value
    };
    let kept: Vec<Value> = new.items().map(|it| without_seconds(&it)).collect();
    if !old.items().all(|it| kept.contains(&without_seconds(&it))) {
        return vec![
            new.forbidden("existing toleration can not be modified except its tolerationSeconds"),
        ];
    }
    tolerations(new)
}

fn removed_gates(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let before: Vec<_> = old.items().map(|it| it.at("name").text()).collect();
    let added = new
        .items()
        .filter(|it| !before.contains(&it.at("name").text()));
    added
        .map(|gate| {
            let name = gate.at("name");
            name.forbidden(format!(
                "only deletion is allowed, but found new scheduling gate '{}'",
                name.text()
            ))
        })
        .collect()
}

/// What is wrong with a change of a status.
pub(super) fn validate_status(_new: &Object, _old: &Object) -> Errors {
    Errors::new()
}
