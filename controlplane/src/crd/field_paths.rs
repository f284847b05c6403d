//! Paths that a definition names fields by: `.spec.replicas`, `.map['key']`.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/cel/validation.go` (`ValidFieldPath`).

use super::structural::Node;

const UNKNOWN: &str = "does not refer to a valid field";
const ENDED: &str = "unexpected end of JSON path";

/// The path as errors name it, and the schema at its end.
pub(crate) fn resolve<'a>(path: &str, node: &'a Node) -> Result<(String, &'a Node), String> {
    let mut node = node;
    let mut shown = String::new();
    let mut tokens = tokens(path).into_iter();
    while let Some(token) = tokens.next() {
        match token {
            "[" => {
                let quoted = tokens.next().ok_or(ENDED)?;
                let inner = quoted
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix('\''));
                let inner = inner
                    .ok_or_else(|| format!("expected single quoted string but got {quoted}"))?;
                node = step(node, &unescaped(inner)?, &mut shown)?;
                match tokens.next().ok_or(ENDED)? {
                    "]" => {}
                    other => return Err(format!("expected ] but got {other}")),
                }
            }
            "." => node = step(node, tokens.next().ok_or(ENDED)?, &mut shown)?,
            other => return Err(format!("expected [ or . but got: {other}")),
        }
    }
    Ok((shown, node))
}

fn step<'a>(node: &'a Node, name: &str, shown: &mut String) -> Result<&'a Node, String> {
    if !node.properties.is_empty() {
        if !shown.is_empty() {
            shown.push('.');
        }
        shown.push_str(name);
        return node.properties.get(name).ok_or_else(|| UNKNOWN.into());
    }
    let values = node.additional.schema().ok_or(UNKNOWN)?;
    shown.extend(["[", name, "]"]);
    Ok(values)
}

fn unescaped(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        out.push(match letters.next() {
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some('\'') => '\'',
            Some('\\') | None => '\\',
            Some(other) => {
                return Err(format!(
                    "invalid string literal: invalid escape char \\{other}"
                ));
            }
        });
    }
    Ok(out)
}

/// Dots, brackets, texts in single quotes, and what is between them.
fn tokens(path: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let end = if rest.starts_with('\'') {
            closing_quote(rest).map_or(rest.len(), |at| at + 1)
        } else if rest.starts_with(['.', '[', ']']) {
            1
        } else {
            rest.find(['.', '[', ']']).unwrap_or(rest.len())
        };
        tokens.push(&rest[..end]);
        rest = &rest[end..];
    }
    tokens
}

fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (1..bytes.len()).find(|at| bytes[*at] == b'\'' && bytes[at - 1] != b'\\')
}
