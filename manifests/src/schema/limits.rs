//! Limits of a field's values, put into its schema where its type has them.

use serde_json::Value;
use syn::Expr;

use super::about::insert;
use super::outside::has_type;
use super::said::{Bounds, Limits};
use super::value::{Values, text};
use crate::source::Read;

pub(super) fn apply(schema: &mut Value, limits: &Limits, values: &Values<'_>) -> Read<()> {
    if let Some(length) = &limits.length {
        bound(schema, length, "string", ["minLength", "maxLength"], values)?;
        bound(schema, length, "array", ["minItems", "maxItems"], values)?;
    }
    if let Some(range) = &limits.range {
        bound(schema, range, "number", ["minimum", "maximum"], values)?;
    }
    if let Some(pattern) = &limits.pattern {
        let pattern = text(values, pattern)?;
        limit(schema, "string", "pattern", pattern.into());
    }
    if let Some(contains) = &limits.contains {
        let contains = escaped(&text(values, contains)?);
        limit(schema, "string", "pattern", contains.into());
    }
    if let Some(format) = limits.format {
        insert(schema, "format", format.into());
    }
    if let Some(inner) = &limits.inner
        && let Some(items) = schema.get_mut("items")
        && (items.is_object() || items.is_boolean())
    {
        apply(items, inner, values)?;
    }
    Ok(())
}

fn bound(
    schema: &mut Value,
    bounds: &Bounds,
    of: &str,
    [least, most]: [&str; 2],
    values: &Values<'_>,
) -> Read<()> {
    let mut set = |key: &str, expr: &Option<Expr>| -> Read<()> {
        if let Some(expr) = expr {
            let value = values.value(expr)?;
            limit(schema, of, key, value);
        }
        Ok(())
    };
    set(least, &bounds.min)?;
    set(most, &bounds.max)
}

/// A limit of values of a type is for schemas that take such values.
fn limit(schema: &mut Value, of: &str, key: &str, value: Value) {
    if has_type(schema, of) || (of == "number" && has_type(schema, "integer")) {
        insert(schema, key, value);
    }
}

/// A pattern that means just this text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
