//! What an object's internal type holds in other words than its version in the API: `pkg/apis/*/v1/conversion.go` of
//! Kubernetes.

use serde_json::{Value, json};

use crate::go;

/// Brings an object through its internal type and back; the error is Go's.
pub(super) fn through_internal(kind: &str, value: &mut Value) -> Result<(), String> {
    match kind {
        "apps.v1.DaemonSet" => template_generation(value),
        "apps.v1.Deployment" => rollback(value),
        _ => Ok(()),
    }
}

/// Inside it is a number of the spec.
fn template_generation(set: &mut Value) -> Result<(), String> {
    const ANNOTATION: &str = "deprecated.daemonset.template.generation";
    let annotations = &mut set["metadata"]["annotations"];
    if !annotations.is_object() {
        *annotations = json!({});
    }
    let number = integer(annotations[ANNOTATION].as_str().unwrap_or("0"))?;
    annotations[ANNOTATION] = number.to_string().into();
    Ok(())
}

/// Inside it is a number of the spec, where it is there.
fn rollback(deployment: &mut Value) -> Result<(), String> {
    const ANNOTATION: &str = "deprecated.deployment.rollback.to";
    let annotations = deployment.pointer_mut("/metadata/annotations");
    let annotation = annotations.and_then(|it| it.get_mut(ANNOTATION));
    let Some(annotation) = annotation.filter(|it| **it != "") else {
        return Ok(());
    };
    let text = annotation.as_str().unwrap_or_default();
    let number = integer(text).map_err(|why| {
        format!("failed to parse annotation[{ANNOTATION}]={text} as int64: {why}")
    })?;
    *annotation = number.to_string().into();
    Ok(())
}

/// As `strconv.ParseInt` reads it.
fn integer(text: &str) -> Result<i64, String> {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    text.parse().map_err(|error: std::num::ParseIntError| {
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!("strconv.ParseInt: parsing {}: {why}", go::quoted(text))
    })
}
