//! What an object's internal type holds in other words than its version in the API: `pkg/apis/*/v1/conversion.go` of
//! Kubernetes.

use serde_json::{Value, json};

/// Brings an object through its internal type and back; the error is Go's.
pub(super) fn through_internal(kind: &str, value: &mut Value) -> Result<(), String> {
    if kind == "apps.v1.DaemonSet" {
        return template_generation(value);
    }
    Ok(())
}

/// Inside it is a number of the spec.
fn template_generation(set: &mut Value) -> Result<(), String> {
    const ANNOTATION: &str = "deprecated.daemonset.template.generation";
    let annotations = &mut set["metadata"]["annotations"];
    if !annotations.is_object() {
        *annotations = json!({});
    }
    let text = annotations[ANNOTATION].as_str().unwrap_or("0");
    let number: i64 = text.parse().map_err(|error: std::num::ParseIntError| {
        use std::num::IntErrorKind::{NegOverflow, PosOverflow};
        let why = match error.kind() {
            PosOverflow | NegOverflow => "value out of range",
            _ => "invalid syntax",
        };
        format!(
            "strconv.ParseInt: parsing {}: {why}",
            crate::go::quoted(text)
        )
    })?;
    annotations[ANNOTATION] = number.to_string().into();
    Ok(())
}
