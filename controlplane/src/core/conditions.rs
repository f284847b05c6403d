//! `status.conditions`, as `ValidateConditions` of k8s.io/apimachinery checks them.

use super::{
    field::Field,
    names::{Complaints, pattern, qualified},
};
use crate::FieldError;

const LONGEST_REASON: usize = 1024;
const LONGEST_MESSAGE: usize = 32 * 1024;

pub(crate) fn validate(conditions: &Field<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut seen = Vec::new();
    for condition in conditions.items() {
        let kind = condition.at("type");
        if seen.contains(&kind.text()) {
            errors.push(kind.duplicate());
        }
        seen.push(kind.text());
        errors.extend(validate_one(&condition));
    }
    errors
}

fn validate_one(condition: &Field<'_>) -> Vec<FieldError> {
    let field = |name| condition.at(name);
    let kind = field("type");
    let mut errors = kind.complaints(qualified);
    if !matches!(field("status").text(), "True" | "False" | "Unknown") {
        errors.push(field("status").not_supported(&["False", "True", "Unknown"]));
    }
    let generation = field("observedGeneration");
    if generation.number().is_some_and(|number| number < 0) {
        errors.push(generation.invalid("must be greater than or equal to zero"));
    }
    if field("lastTransitionTime").is_empty() {
        errors.push(field("lastTransitionTime").required(""));
    }
    let reason = field("reason");
    if reason.is_empty() {
        errors.push(reason.required(""));
    } else {
        errors.extend(reason.complaints(check_reason));
        if reason.text().len() > LONGEST_REASON {
            errors.push(reason.too_long(LONGEST_REASON));
        }
    }
    if field("message").text().len() > LONGEST_MESSAGE {
        errors.push(field("message").too_long(LONGEST_MESSAGE));
    }
    errors
}

fn check_reason(reason: &str) -> Complaints {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || "_,:".contains(letter);
    let is_fine = reason.starts_with(|first: char| first.is_ascii_alphabetic())
        && reason.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '_')
        && reason.chars().all(inside);
    if is_fine {
        return Vec::new();
    }
    vec![pattern(
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
        "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?",
        &[
            "my_name",
            "MY_NAME",
            "MyName",
            "ReasonA,ReasonB",
            "ReasonA:ReasonB",
        ],
    )]
}
