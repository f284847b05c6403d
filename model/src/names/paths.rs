//! Paths into an object, as a CustomResourceDefinition has them.

use super::NameError;

/// Checks a path into an object, as far as the API server does for a printer column.
pub fn check_json_path(name: &str) -> Result<(), NameError> {
    starts_with_dot("JSON path", name, check_json_path)
}

/// Checks the path of the replicas that are wanted, of the scale subresource.
pub fn check_spec_path(name: &str) -> Result<(), NameError> {
    starts_with_dot("JSON path", name, check_spec_path)?;
    under("JSON path", name, &[".spec."])
}

/// Checks the path of the replicas that there are, of the scale subresource.
pub fn check_status_path(name: &str) -> Result<(), NameError> {
    starts_with_dot("JSON path", name, check_status_path)?;
    under("JSON path", name, &[".status."])
}

/// Checks the path of the label selector of the scale subresource.
pub fn check_selector_path(name: &str) -> Result<(), NameError> {
    starts_with_dot("JSON path", name, check_selector_path)?;
    under("JSON path", name, &[".spec.", ".status."])
}

/// Checks the path of a field that objects can be selected by. The API server takes names only,
/// without lists, and here there are only the fields of the spec and of the status.
pub fn check_selectable_path(name: &str) -> Result<(), NameError> {
    let what = "selectable field";
    starts_with_dot(what, name, check_selectable_path)?;
    under(what, name, &[".spec.", ".status."])?;
    let is_plain = |field: &str| {
        !field.is_empty()
            && !field.contains(|letter: char| letter.is_whitespace() || "[]{}*".contains(letter))
    };
    if name.split('.').skip(1).all(is_plain) {
        return Ok(());
    }
    let rule = "must be names of fields with one `.` before each, such as `.spec.color`";
    Err(NameError::new(what, name, rule))
}

fn starts_with_dot(
    what: &'static str,
    name: &str,
    check: fn(&str) -> Result<(), NameError>,
) -> Result<(), NameError> {
    if name.starts_with('.') {
        return Ok(());
    }
    let rest = name
        .trim_start_matches(['{', '$'])
        .trim_end_matches('}')
        .trim_start_matches('.');
    let wrong = NameError::new(what, name, "must start with `.`");
    Err(wrong.instead(format!(".{rest}"), check))
}

fn under(what: &'static str, name: &str, roots: &[&str]) -> Result<(), NameError> {
    if roots.iter().any(|root| name.starts_with(root)) {
        return Ok(());
    }
    let roots: Vec<_> = roots.iter().map(|root| format!("`{root}`")).collect();
    Err(NameError::new(
        what,
        name,
        format!("must start with {}", roots.join(" or ")),
    ))
}
