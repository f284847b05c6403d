//! What is wrong with managedFields that could be read (apimachinery's `apis/meta/v1/validation`, `ValidateManagedFields`).

use serde_json::Value;

use super::go::is_printable;
use crate::{FieldError, FieldReason};

/// The most bytes of a manager's name.
pub(super) const LONGEST_MANAGER: usize = 128;

const LONGEST_SUBRESOURCE: usize = 256;

/// The errors of an object's `metadata.managedFields`, once [`track`](super::track) has set them: names may be too long,
/// or can't be printed.
pub fn entry_errors(object: &Value) -> Vec<FieldError> {
    let entries = object["metadata"]["managedFields"].as_array();
    let entries = entries.into_iter().flatten().enumerate();
    entries
        .flat_map(|(place, entry)| of_entry(&format!("metadata.managedFields[{place}]"), entry))
        .collect()
}

fn of_entry(path: &str, entry: &Value) -> Vec<FieldError> {
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let mut errors = manager_errors(&format!("{path}.manager"), text("manager"));
    if text("subresource").len() > LONGEST_SUBRESOURCE {
        errors.push(too_long(
            &format!("{path}.subresource"),
            LONGEST_SUBRESOURCE,
        ));
    }
    errors
}

/// The errors of a manager's name, as in the parameter `fieldManager` (`ValidateFieldManager`).
pub fn manager_errors(path: &str, manager: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if manager.len() > LONGEST_MANAGER {
        errors.push(too_long(path, LONGEST_MANAGER));
    }
    for (place, letter) in manager
        .char_indices()
        .filter(|(_, letter)| !is_printable(*letter))
    {
        let detail = format!(
            "invalid character U+{:04X} (at position {place})",
            u32::from(letter)
        );
        errors.push(FieldError::new(FieldReason::Invalid, path, manager, detail));
    }
    errors
}

fn too_long(path: &str, most: usize) -> FieldError {
    FieldError::new(
        FieldReason::TooLong,
        path,
        "",
        format!("may not be more than {most} bytes"),
    )
}
