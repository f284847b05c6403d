//! What is written as in `serde_json::json!`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use serde_json::{Map, Value};
use syn::Expr;

use super::value::Values;
use crate::source::Read;

/// The value of these tokens: JSON, with expressions in it.
pub(super) fn value(tokens: &TokenStream, values: &Values<'_>) -> Read<Value> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let [single] = trees.as_slice() {
        match single {
            TokenTree::Ident(ident) if ident == "null" => return Ok(Value::Null),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                return list(&group.stream(), values);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                return object(&group.stream(), values);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                return value(&group.stream(), values);
            }
            _ => {}
        }
    }
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(expr) => values.value(&expr),
        Err(error) => Err(values.unread(error.span(), "this is no JSON, nor a value")),
    }
}

fn list(tokens: &TokenStream, values: &Values<'_>) -> Read<Value> {
    let items = split(tokens);
    items.iter().map(|item| value(item, values)).collect()
}

fn object(tokens: &TokenStream, values: &Values<'_>) -> Read<Value> {
    let mut map = Map::new();
    for entry in split(tokens) {
        let is_colon =
            |tree: &TokenTree| matches!(tree, TokenTree::Punct(it) if it.as_char() == ':');
        let trees: Vec<TokenTree> = entry.into_iter().collect();
        let colon = trees.iter().position(is_colon);
        let span = trees.first().map_or_else(Span::call_site, TokenTree::span);
        let Some(colon) = colon else {
            return Err(values.unread(span, "this has no `:` behind a key"));
        };
        let key = value(&trees[..colon].iter().cloned().collect(), values)?;
        let Value::String(key) = key else {
            return Err(values.unread(span, "this key is no text"));
        };
        let inner: TokenStream = trees[colon + 1..].iter().cloned().collect();
        map.insert(key, value(&inner, values)?);
    }
    Ok(Value::Object(map))
}

/// What is between the commas.
fn split(tokens: &TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for tree in tokens.clone() {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            tree => {
                if let Some(last) = parts.last_mut() {
                    last.extend([tree]);
                }
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
