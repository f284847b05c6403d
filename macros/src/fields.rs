//! The derives and serde attributes that a struct gets which goes over the wire.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Field, Fields, ItemStruct, Meta, Path, Token, Type, parse_quote};

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

/// The derive of the schema: kube's, or beside an error about generics, which kube doesn't know,
/// the one of schemars; then without kube's attributes.
pub(crate) fn schema(item: &mut ItemStruct) -> TokenStream {
    if item.generics.params.is_empty() {
        return quote!(::kube::KubeSchema);
    }
    let is_known = |attribute: &Attribute| !attribute.path().is_ident("x_kube");
    item.attrs.retain(is_known);
    for field in &mut item.fields {
        field.attrs.retain(is_known);
    }
    quote!(::schemars::JsonSchema)
}

/// Gives the generics defaults, so that the name of the struct is a type without them too: there
/// are generics only beside an error, and the rest of the program shall find what it looks for.
/// False where that can't be, as lifetimes and constants have no default that always fits.
pub(crate) fn default_generics(item: &mut ItemStruct) -> bool {
    for parameter in item.generics.type_params_mut() {
        parameter
            .default
            .get_or_insert_with(|| (Token![=](Span::call_site()), parse_quote!(())));
    }
    item.generics.type_params().count() == item.generics.params.len()
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
    says(&attribute.meta, key)
}

/// Whether it is a `serde(...)` with the key, or a `cfg_attr(..., serde(...))`: of which it doesn't
/// matter here whether it is in force, as the author has thought of the key.
fn says(meta: &Meta, key: &str) -> bool {
    let Meta::List(list) = meta else {
        return false;
    };
    if list.path.is_ident("cfg_attr") {
        let inside = list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .unwrap_or_default();
        return inside.iter().skip(1).any(|meta| says(meta, key));
    }
    let mut says = false;
    if list.path.is_ident("serde") {
        // What serde's own derive will reject is none of our business.
        let _ = list.parse_nested_meta(|meta| {
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
