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

/// Whether a name is kept for the language itself.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

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
