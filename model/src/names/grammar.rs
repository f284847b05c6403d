//! The shapes that Kubernetes gives to names. An error is the rest of a sentence that starts with
//! "it".

/// A DNS-1123 label: lowercase letters, digits and `-` inside.
pub(super) fn label_1123(name: &str, max: usize) -> Result<(), String> {
    let rule = "must consist of lowercase letters, digits and `-`, and start and end with a letter or digit";
    fits(name, max)?;
    dashed(name).then_some(()).ok_or_else(|| rule.into())
}

/// A DNS-1035 label: a DNS-1123 label that starts with a letter.
pub(super) fn label_1035(name: &str, max: usize) -> Result<(), String> {
    fits(name, max)?;
    if dashed(name) && name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(());
    }
    let ending = if name.ends_with('-') {
        ", and not end with `-`"
    } else {
        ""
    };
    Err(format!(
        "must consist of lowercase letters, digits and `-`, and start with a letter{ending}"
    ))
}

/// A DNS-1123 subdomain: words as in a label, with dots between them. Only the whole is limited in
/// length.
pub(super) fn subdomain(name: &str) -> Result<(), String> {
    fits(name, 253)?;
    let rule = "must be a DNS name: lowercase letters, digits and `-`, in parts with a dot between them, \
                such as `example.com`";
    name.split('.')
        .all(dashed)
        .then_some(())
        .ok_or_else(|| rule.into())
}

/// A qualified name: a name of up to 63 characters, after an optional subdomain and `/`.
pub(super) fn qualified(name: &str) -> Result<(), String> {
    let Some((prefix, name)) = name.split_once('/') else {
        return name_part(name);
    };
    subdomain(prefix)
        .map_err(|_| "must have a DNS name before the `/`, such as `example.com`".to_owned())?;
    if name.contains('/') {
        return Err("must have one `/` only".into());
    }
    name_part(name).map_err(|rule| format!("{rule} after the `/`"))
}

/// The last part of a qualified name, or the value of a label.
pub(super) fn name_part(name: &str) -> Result<(), String> {
    fits(name, 63)?;
    let inside = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let edge = |letter: char| letter.is_ascii_alphanumeric();
    let rule = "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
    (name.chars().all(inside) && name.starts_with(edge) && name.ends_with(edge))
        .then_some(())
        .ok_or_else(|| rule.into())
}

fn fits(name: &str, max: usize) -> Result<(), String> {
    if name.is_empty() {
        return Err("must have at least one character".into());
    }
    if name.len() > max {
        return Err(format!("must have at most {max} characters"));
    }
    Ok(())
}

fn dashed(word: &str) -> bool {
    let edge = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    word.chars().all(|letter| edge(letter) || letter == '-')
        && word.starts_with(edge)
        && word.ends_with(edge)
}
