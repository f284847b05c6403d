//! What all of the items have in common: structs with named fields and a doc comment.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Fields, ItemStruct, Lit, LitStr, Meta, parse_quote};

use crate::error::{Error, Errors};

/// The struct, if it is one that `attribute` can be on: with named fields and without generics.
/// Other fields are reported, and none put in their place.
pub(crate) fn plain_struct(item: &ItemStruct, attribute: &str, errors: &Errors) -> ItemStruct {
    let mut item = item.clone();
    if !item.generics.params.is_empty() {
        let error = Error::new(
            &item.generics,
            format!("`{attribute}` goes on a struct without generics"),
        );
        errors.push(error.help("write the types out"));
        item.generics = syn::Generics::default();
        item.fields = Fields::Named(parse_quote!({}));
    }
    if !matches!(item.fields, Fields::Named(_)) {
        let error = Error::new(
            &item.ident,
            format!("`{attribute}` goes on a struct with named fields"),
        );
        errors.push(error.help(format!("write `pub struct {} {{ ... }}`", item.ident)));
        item.fields = Fields::Named(parse_quote!({}));
        item.semi_token = None;
    }
    item
}

/// The doc comment, without the space that each line starts with; `None` where there is none.
pub(crate) fn doc_comment(attributes: &[Attribute]) -> Option<LitStr> {
    let mut span: Option<Span> = None;
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) = &pair.value
        {
            span.get_or_insert(text.span());
            let text = text.value();
            // A blank line of a comment is an attribute with nothing in it.
            lines.extend(
                text.split('\n')
                    .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()),
            );
        }
    }
    let text = lines.join("\n");
    let text = text.trim();
    (!text.is_empty()).then(|| LitStr::new(text, span.unwrap_or_else(|| attributes[0].span())))
}
