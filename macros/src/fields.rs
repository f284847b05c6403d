//! The derives and serde attributes that a struct gets which goes over the wire.

use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, ItemStruct, Path, Token, Type, parse_quote};

/// `#[derive(...)]` with those of `wanted` that the author hasn't derived already.
pub(crate) fn derive(item: &ItemStruct, wanted: &[TokenStream]) -> TokenStream {
    let written: Vec<String> = item.attrs.iter().flat_map(derived).collect();
    let missing = wanted.iter().filter(|path| {
        let path = path.to_string();
        let name = path.rsplit(' ').next().unwrap_or_default();
        // KubeSchema is an implementation of JsonSchema.
        !written
            .iter()
            .any(|written| written == name || (name == "KubeSchema" && written == "JsonSchema"))
    });
    quote!(#[derive(#(#missing),*)])
}

/// `#[serde(rename_all = "camelCase")]`, unless the author has chosen another case.
pub(crate) fn rename_all(item: &ItemStruct) -> Option<TokenStream> {
    (!renames_all(item)).then(|| quote!(#[serde(rename_all = "camelCase")]))
}

/// Whether the author has chosen the case of the fields.
pub(crate) fn renames_all(item: &ItemStruct) -> bool {
    item.attrs
        .iter()
        .any(|attribute| says_serde(attribute, "rename_all"))
}

/// Leaves fields out that are `None`. They would go out as `null`, which an API server stores, and
/// for which it makes the writer the field's owner.
pub(crate) fn leave_out_none(fields: &mut Fields) {
    for field in fields {
        let settled = ["skip", "skip_serializing", "skip_serializing_if"];
        let is_settled =
            |attribute: &Attribute| settled.iter().any(|key| says_serde(attribute, key));
        if is_option(field) && !field.attrs.iter().any(is_settled) {
            field
                .attrs
                .push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
        }
    }
}

fn is_option(field: &Field) -> bool {
    let Type::Path(path) = &field.ty else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "Option")
}

fn says_serde(attribute: &Attribute, key: &str) -> bool {
    let mut says = false;
    if attribute.path().is_ident("serde") {
        // What serde's own derive will reject is none of our business.
        let _ = attribute.parse_nested_meta(|meta| {
            says |= meta.path.is_ident(key);
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            } else if meta.input.peek(syn::token::Paren) {
                meta.parse_nested_meta(|nested| nested.value()?.parse::<syn::Expr>().map(drop))?;
            }
            Ok(())
        });
    }
    says
}

fn derived(attribute: &Attribute) -> Vec<String> {
    if !attribute.path().is_ident("derive") {
        return Vec::new();
    }
    let paths = attribute
        .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
        .unwrap_or_default();
    paths
        .iter()
        .filter_map(|path| path.segments.last())
        .map(|last| last.ident.to_string())
        .collect()
}
