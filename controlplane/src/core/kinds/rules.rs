//! What many kinds ask of a field.

use serde_json::Value;

use crate::{FieldError, go};

/// A number is no less than nothing.
pub(super) fn nonnegative(value: &Value, path: impl Into<String>) -> Option<FieldError> {
    let number = value.as_i64().filter(|number| *number < 0)?;
    let why = "must be greater than or equal to 0";
    Some(FieldError::invalid(path, number, why))
}

/// These numbers of an object are no less than nothing.
pub(super) fn all_nonnegative(object: &Value, path: &str, fields: &[&str]) -> Vec<FieldError> {
    let each = fields.iter();
    each.filter_map(|field| nonnegative(&object[*field], format!("{path}.{field}")))
        .collect()
}

/// A word that is none of these; as it is a type of its own in Go, it is shown as JSON.
pub(super) fn no_such_word(path: impl Into<String>, word: &Value, words: &[&str]) -> FieldError {
    FieldError::not_supported(path, "", words).showing(go::json(word))
}
