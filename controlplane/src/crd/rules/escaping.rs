//! Names of fields as CEL writes them.
//!
//! Source: apiserver `pkg/cel/escaping.go`.

use std::borrow::Cow;

const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

const SIGNS: [(&str, &str); 4] = [
    ("__underscores__", "__"),
    ("__dot__", "."),
    ("__dash__", "-"),
    ("__slash__", "/"),
];

/// The name of the field in JSON.
pub(super) fn unescaped(name: &str) -> Cow<'_, str> {
    if !name.contains("__") {
        return name.into();
    }
    let inner = name
        .strip_prefix("__")
        .and_then(|rest| rest.strip_suffix("__"));
    if let Some(word) = inner.filter(|word| RESERVED.contains(word)) {
        return word.into();
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    'letters: while let Some(letter) = rest.chars().next() {
        for (escaped, sign) in SIGNS {
            if let Some(after) = rest.strip_prefix(escaped) {
                out.push_str(sign);
                rest = after;
                continue 'letters;
            }
        }
        out.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    out.into()
}

#[expect(dead_code, reason = "types of CEL go by it")]
/// The name in CEL; none where a field can't be named there.
pub(super) fn escaped(name: &str) -> Option<Cow<'_, str>> {
    let first = name.chars().next()?;
    if first.is_ascii_digit() {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(format!("__{name}__").into());
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if !name.chars().all(allowed) {
        return None;
    }
    let mut out: Cow<'_, str> = name.into();
    if name.contains("__") {
        out = out.replace("__", "__underscores__").into();
    }
    for (escaped, sign) in &SIGNS[1..] {
        if out.contains(sign) {
            out = out.replace(sign, escaped).into();
        }
    }
    Some(out)
}
