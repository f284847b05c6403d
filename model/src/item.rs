//! What all of the items have in common: structs with named fields and a doc comment.

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Fields, ItemStruct, Lit, LitStr, Meta, Path, parse_quote};

use crate::error::{Error, Errors};
use crate::field::{check_fields, check_struct};
use crate::schema;

/// An attribute that can't be beside one of ours: its name, what is wrong, what to do instead.
pub(crate) type Refused = (&'static str, &'static str, &'static str);

/// The struct, if it is one that `attribute` can be on: with named fields, without generics and
/// without the `refused` attributes.
/// Other fields are reported, and none put in their place; so are the attributes, and misspelt keys of those of fields. Generics are
/// reported and stay, as the rest of the program counts on them.
pub(crate) fn plain_struct(
    item: &ItemStruct,
    attribute: &str,
    refused: &[Refused],
    errors: &Errors,
) -> ItemStruct {
    let mut item = item.clone();
    item.attrs
        .retain(|attribute| !is_refused(attribute, refused, errors));
    if !item.generics.params.is_empty() {
        let error = Error::new(
            &item.generics,
            format!("`{attribute}` goes on a struct without generics"),
        );
        errors.push(error.help("write the types out"));
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
    check_struct(&mut item.attrs, errors);
    check_fields(&mut item.fields, errors);
    schema::expand(&mut item, errors);
    item
}

fn is_refused(attribute: &Attribute, refused: &[Refused], errors: &Errors) -> bool {
    let mut refused = refused.iter();
    let Some((_, message, help)) = refused.find(|(name, ..)| is_ours(attribute.path(), name))
    else {
        return false;
    };
    errors.push(Error::new(attribute, message).help(help));
    true
}

/// Whether a path leads to myop's attribute of this name: `name`, `myop::name`.
pub(crate) fn is_ours(path: &Path, name: &str) -> bool {
    let segments = &path.segments;
    path.is_ident(name)
        || (segments.len() == 2 && segments[0].ident == "myop" && segments[1].ident == name)
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
