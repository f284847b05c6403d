//! Words about a schema, put into it.

use serde_json::{Value, json};
use syn::spanned::Spanned as _;

use super::json as tokens;
use super::meta::literal_text;
use super::said::About;
use super::value::{Values, text};
use crate::source::Read;

/// Puts in what comes before the limits: title, description, examples.
pub(super) fn describe(schema: &mut Value, about: &About, values: &Values<'_>) -> Read<()> {
    if let Some(span) = about.transform {
        return Err(values.unread(span, "what `transform` does is known when the program runs"));
    }
    let (title, description) = doc(about, values)?;
    let said = |expr: &Option<syn::Expr>| expr.as_ref().map(|expr| text(values, expr)).transpose();
    insert_text(schema, "title", said(&about.title)?.or(title));
    insert_text(
        schema,
        "description",
        said(&about.description)?.or(description),
    );
    if !about.examples.is_empty() {
        let examples = about.examples.iter().map(|example| values.value(example));
        let examples = examples.collect::<Read<Vec<_>>>()?;
        insert(schema, "examples", examples.into());
    }
    Ok(())
}

/// Puts in what comes last: it may take the place of all else.
pub(super) fn extend(schema: &mut Value, about: &About, values: &Values<'_>) -> Read<()> {
    for extension in &about.extensions {
        let value = tokens::value(&extension.value, values)?;
        insert(schema, &extension.key.value(), value);
    }
    Ok(())
}

/// A schema with one more keyword.
pub(super) fn having(mut schema: Value, key: &str, value: Value) -> Value {
    insert(&mut schema, key, value);
    schema
}

/// Puts a keyword into a schema. One that takes all is an object from then on, as is one that takes nothing.
pub(super) fn insert(schema: &mut Value, key: &str, value: Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({"not": {}}),
        _ => {}
    }
    if let Value::Object(map) = schema {
        map.insert(key.to_owned(), value);
    }
}

fn insert_text(schema: &mut Value, key: &str, text: Option<String>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        insert(schema, key, text.into());
    }
}

/// The title and the description that a doc comment is: the title is a first line that is a heading.
fn doc(about: &About, values: &Values<'_>) -> Read<(Option<String>, Option<String>)> {
    if about.doc.is_empty() {
        return Ok((None, None));
    }
    let lines = about.doc.iter().map(|line| match literal_text(line) {
        Some(line) => Ok(line.strip_prefix(' ').map_or(line.clone(), str::to_owned)),
        None => text(values, line).map_err(|_| {
            values.unread(
                line.span(),
                "what this comment says is known to the compiler only",
            )
        }),
    });
    let whole = lines.collect::<Read<Vec<_>>>()?.join("\n");
    let whole = trim(&whole);
    if !whole.starts_with('#') {
        return Ok((None, Some(whole.to_owned())));
    }
    let (title, rest) = whole.split_once('\n').unwrap_or((whole, ""));
    let title = trim(title.trim_start_matches('#'));
    Ok((Some(title.to_owned()), Some(trim(rest).to_owned())))
}

fn trim(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_ascii_whitespace())
}
