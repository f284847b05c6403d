//! What a change of a pod may change.

use serde_json::{Value, json};

use super::super::{
    super::{
        field::{Errors, Field},
        object::Object,
        resource::Part,
    },
    difference,
    pod_spec::{containers, drop_disabled, drop_disabled_in_status, tolerations},
};
use super::parts;
use crate::{FieldError, FieldReason, types};

/// Takes back what this part of a pod may not change.
pub(super) fn keep(new: &mut Object, old: &Object, part: Part) {
    match part {
        Part::Status => {
            new.take_field("spec", old);
            new.meta_mut().remove("deletionTimestamp");
            new.take_meta("ownerReferences", old);
            keep_in_status(new, old);
            return;
        }
        Part::EphemeralContainers => parts::keep_but_ephemeral(new, old),
        Part::Resize => parts::keep_but_resources(new, old),
        Part::Main | Part::Finalize => new.take_field("status", old),
    }
    drop_disabled(&mut new.value_mut()["spec"]);
}

/// What a status keeps where a new one says nothing of it.
fn keep_in_status(new: &mut Object, old: &Object) {
    let before = &old.value()["status"];
    let status = &mut new.value_mut()["status"];
    if !status.is_object() {
        *status = json!({});
    }
    drop_disabled_in_status(status);
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
    errors.extend(anything_else(&new, &old));
    errors
}

/// The time that a pod has may be set, and become shorter. An error of the second kind is the last that is told.
fn deadline(new: &Field<'_>, old: &Field<'_>) -> Result<Option<FieldError>, FieldError> {
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

/// What else may change: nothing, but for where a pod that is not to be scheduled yet may go.
fn anything_else(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let mut munged = new.value().clone();
    for list in ["containers", "initContainers"] {
        let containers = munged.get_mut(list).and_then(Value::as_array_mut);
        for (index, container) in containers.into_iter().flatten().enumerate() {
            container["image"] = old.at(list).index(index).at("image").value().clone();
        }
    }
    for field in ["activeDeadlineSeconds", "schedulingGates", "tolerations"] {
        munged[field] = old.at(field).value().clone();
    }
    let grace = old.at("terminationGracePeriodSeconds");
    let was_negative = grace.number().is_some_and(|seconds| seconds < 0);
    if was_negative && munged["terminationGracePeriodSeconds"] == 1 {
        munged["terminationGracePeriodSeconds"] = grace.value().clone();
    }
    if !old.at("schedulingGates").is_empty() {
        errors.extend(selector_grows(new, old));
        munged["nodeSelector"] = old.at("nodeSelector").value().clone();
        errors.extend(affinity_grows(new, old));
        take_node_affinity(&mut munged, old);
    }
    let shown = difference::of("core.PodSpec", old.value(), &munged);
    if !shown.is_empty() {
        errors.push(new.forbidden(format!(
            "pod updates may not change fields other than {CHANGEABLE}\n{shown}"
        )));
    }
    errors
}

const CHANGEABLE: &str = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

fn selector_grows(new: &Field<'_>, old: &Field<'_>) -> Option<FieldError> {
    let (selector, before) = (new.at("nodeSelector"), old.at("nodeSelector"));
    let is_kept = before
        .keys()
        .all(|key| before.key(key).value() == selector.key(key).value());
    let error = || {
        let why = "only additions to spec.nodeSelector are allowed (no mutations or deletions)";
        selector.error(FieldReason::Invalid, selector.value().clone(), why)
    };
    (!is_kept).then(error)
}

fn affinity_grows(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let terms = |spec: &Field<'_>| {
        let required = "requiredDuringSchedulingIgnoredDuringExecution";
        let affinity = spec.at("affinity").at("nodeAffinity").at(required);
        affinity.at("nodeSelectorTerms").value().clone()
    };
    let (now, before) = (terms(new), terms(old));
    let path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    let (now, before) = (Field::new(path, &now), Field::new(path, &before));
    if before.is_empty() {
        return Errors::new();
    }
    let invalid = |field: &Field<'_>, of: &str, why: &str| {
        field
            .invalid(why)
            .showing(types::internal(of, field.value()))
    };
    if now.len() != before.len() {
        let why = "no additions/deletions to non-empty NodeSelectorTerms list are allowed";
        return vec![invalid(&now, "[]core.NodeSelectorTerm", why)];
    }
    let pairs = now.items().zip(before.items());
    pairs
        .filter(|(now, before)| !term_grows(now, before))
        .map(|(now, _)| {
            let why = "only additions are allowed (no mutations or deletions)";
            invalid(&now, "core.NodeSelectorTerm", why)
        })
        .collect()
}

fn term_grows(now: &Field<'_>, before: &Field<'_>) -> bool {
    const LISTS: [&str; 2] = ["matchExpressions", "matchFields"];
    let is_empty = |term: &Field<'_>| LISTS.iter().all(|list| term.at(list).is_empty());
    if is_empty(before) {
        return is_empty(now);
    }
    LISTS.iter().all(|list| {
        let (now, before) = (now.at(list), before.at(list));
        before
            .items()
            .enumerate()
            .all(|(index, it)| it.value() == now.index(index).value())
    })
}

fn take_node_affinity(spec: &mut Value, old: &Field<'_>) {
    let before = old.at("affinity").at("nodeAffinity").value().clone();
    if spec["affinity"].is_null() {
        if !before.is_null() {
            spec["affinity"] = json!({"nodeAffinity": before});
        }
        return;
    }
    spec["affinity"]["nodeAffinity"] = before;
    let is_empty = spec["affinity"]
        .as_object()
        .is_some_and(|it| it.values().all(Value::is_null));
    if is_empty && !old.at("affinity").is_set() {
        spec["affinity"] = Value::Null;
    }
}
