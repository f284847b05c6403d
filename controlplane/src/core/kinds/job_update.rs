//! What may be changed of a Job.

use serde_json::{Map, Value};

use super::{super::object::Object, rules};
use crate::FieldError;

/// What is wrong with a change, besides what is wrong with the Job as it is to be.
pub(super) fn validate(new: &Object, old: &Object) -> Vec<FieldError> {
    let (status, new, old) = (
        &old.value()["status"],
        &new.value()["spec"],
        &old.value()["spec"],
    );
    let mut errors = Vec::new();
    errors.extend(completions(new, old));
    errors.extend(fixed(new, old, "selector", "*meta.v1.LabelSelector"));
    errors.extend(template(new, old, status));
    for (field, of) in [
        ("completionMode", "*string"),
        ("podFailurePolicy", "*batch.PodFailurePolicy"),
        ("backoffLimitPerIndex", "*int32"),
        ("managedBy", "*string"),
        ("successPolicy", "*batch.SuccessPolicy"),
    ] {
        errors.extend(fixed(new, old, field, of));
    }
    errors
}

fn fixed(new: &Value, old: &Value, field: &str, of: &str) -> Option<FieldError> {
    rules::immutable(&new[field], &old[field], format!("spec.{field}"), of)
}

/// Indexed Jobs are scaled by changing their completions with their parallelism.
fn completions(new: &Value, old: &Value) -> Option<FieldError> {
    if new["completionMode"] != "Indexed" {
        return fixed(new, old, "completions", "*int32");
    }
    let completions = new["completions"].as_i64()?;
    let is_wrong =
        new["completions"] != old["completions"] && new["completions"] != new["parallelism"];
    let why = "can only be modified in tandem with spec.parallelism";
    is_wrong.then(|| FieldError::invalid("spec.completions", completions, why))
}

/// A Job that is suspended and has not begun may still be told where to run.
fn template(new: &Value, old: &Value, status: &Value) -> Option<FieldError> {
    let (new, mut old, suspended) = (&new["template"], old["template"].clone(), &old["suspend"]);
    if *suspended == true && status["startTime"].is_null() {
        for field in ["nodeSelector", "tolerations", "schedulingGates"] {
            take(&mut old["spec"], &new["spec"], field);
        }
        for field in ["annotations", "labels"] {
            take(&mut old["metadata"], &new["metadata"], field);
        }
        take_node_affinity(&mut old["spec"], &new["spec"]);
    }
    rules::immutable(new, &old, "spec.template", "core.PodTemplateSpec")
}

fn take(into: &mut Value, from: &Value, field: &str) {
    let Some(fields) = into.as_object_mut() else {
        return;
    };
    match from.get(field) {
        Some(value) => fields.insert(field.into(), value.clone()),
        None => fields.remove(field),
    };
}

fn take_node_affinity(old: &mut Value, new: &Value) {
    const FIELD: &str = "nodeAffinity";
    let Some(fields) = old.as_object_mut() else {
        return;
    };
    let wanted = new.get("affinity");
    let mut affinity = match (fields.remove("affinity"), wanted) {
        (Some(Value::Object(affinity)), _) => affinity,
        (_, Some(_)) => Map::new(),
        (_, None) => return,
    };
    match wanted.and_then(|wanted| wanted.get(FIELD)) {
        Some(wanted) => affinity.insert(FIELD.into(), wanted.clone()),
        None => affinity.remove(FIELD),
    };
    if wanted.is_some() || !affinity.is_empty() {
        fields.insert("affinity".into(), affinity.into());
    }
}
