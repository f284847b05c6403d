//! Selectors in objects, as `meta/v1/validation` in apimachinery checks them.

use serde_json::Value;

use super::super::{names, object::texts};
use crate::FieldError;

/// What is wrong with a selector; nothing where there is none.
pub(super) fn validate(selector: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = labels(&selector["matchLabels"], &format!("{path}.matchLabels"));
    let expressions = selector["matchExpressions"].as_array();
    for (index, expression) in expressions.into_iter().flatten().enumerate() {
        errors.extend(requirement(
            expression,
            &format!("{path}.matchExpressions[{index}]"),
        ));
    }
    errors
}

/// What is wrong with a map of labels.
pub(super) fn labels(labels: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (name, value) in texts(Some(labels)) {
        let of_name = names::qualified(name).into_iter();
        errors.extend(of_name.map(|why| FieldError::invalid(path, name, why)));
        let of_value = names::label_value(value).into_iter();
        errors.extend(of_value.map(|why| FieldError::invalid(path, value, why)));
    }
    errors
}

/// Whether a selector asks for nothing, and so selects all.
pub(super) fn is_empty(selector: &Value) -> bool {
    let count = |field: &str| match &selector[field] {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    };
    count("matchLabels") + count("matchExpressions") == 0
}

fn requirement(expression: &Value, path: &str) -> Vec<FieldError> {
    let values = expression["values"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let operator = expression["operator"].as_str().unwrap_or_default();
    let mut errors = Vec::new();
    match operator {
        "In" | "NotIn" if values.is_empty() => errors.push(FieldError::required(
            format!("{path}.values"),
            "must be specified when `operator` is 'In' or 'NotIn'",
        )),
        "Exists" | "DoesNotExist" if !values.is_empty() => errors.push(FieldError::forbidden(
            format!("{path}.values"),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        )),
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.push(FieldError::invalid(
            format!("{path}.operator"),
            operator,
            "not a valid selector operator",
        )),
    }
    let key = expression["key"].as_str().unwrap_or_default();
    let of_key = names::qualified(key).into_iter();
    errors.extend(of_key.map(|why| FieldError::invalid(format!("{path}.key"), key, why)));
    for (index, value) in values.iter().filter_map(Value::as_str).enumerate() {
        let of_value = names::label_value(value).into_iter();
        errors.extend(
            of_value.map(|why| FieldError::invalid(format!("{path}.values[{index}]"), value, why)),
        );
    }
    errors
}
