//! What many kinds ask of a field.

use serde_json::Value;

use super::super::names;
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

/// A field stays as it was; in a message it is shown by its internal type.
pub(super) fn immutable(
    new: &Value,
    old: &Value,
    path: impl Into<String>,
    of: &str,
) -> Option<FieldError> {
    let error = || FieldError::invalid(path, "", "field is immutable");
    (new != old).then(|| error().showing(crate::types::internal(of, new)))
}

/// A word is one of these.
pub(super) fn one_of(path: impl Into<String>, word: &Value, words: &[&str]) -> Option<FieldError> {
    let is_one = word.as_str().is_some_and(|word| words.contains(&word));
    (!is_one).then(|| no_such_word(path, word, words))
}

/// A word that is none of these; as it is a type of its own in Go, it is shown as JSON.
pub(super) fn no_such_word(path: impl Into<String>, word: &Value, words: &[&str]) -> FieldError {
    FieldError::not_supported(path, "", words).showing(go::json(word))
}

/// A word that is not accepted, shown as JSON.
pub(super) fn invalid_word(path: impl Into<String>, word: &Value, why: &str) -> FieldError {
    FieldError::invalid(path, "", why).showing(go::json(word))
}

/// `acme.io/foo`.
pub(super) fn domain_prefixed(text: &str, path: &str) -> Vec<FieldError> {
    const LETTERS: &str = "/-._~%!$&'()*+,;=:";
    if text.is_empty() {
        return vec![FieldError::required(path, "")];
    }
    let parts = text.split_once('/');
    let Some((domain, name)) =
        parts.filter(|(domain, name)| !domain.is_empty() && !name.is_empty())
    else {
        let why = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return vec![FieldError::invalid(path, text, why)];
    };
    let complaints = names::dns_subdomain(domain).into_iter();
    let mut errors: Vec<_> = complaints
        .map(|why| FieldError::invalid(path, domain, why))
        .collect();
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || LETTERS.contains(letter);
    if !name.chars().all(is_letter) {
        let why = names::pattern("Invalid path", r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+", &[]);
        errors.push(FieldError::invalid(path, name, why));
    }
    errors
}
