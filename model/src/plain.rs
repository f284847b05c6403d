//! `#[resource]` and `#[status]` in plain words: the derives of kube, schemars and serde that an author could have
//! written, with their attributes. The macros write it, and the reader of manifests reads it.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Field, Fields, FieldsNamed, ItemStruct, Meta, Path, Token, Type, parse_quote,
};

use crate::{Resource, Status};

impl Resource {
    /// The struct of the spec as an author would write it for kube.
    pub fn plain(mut self) -> ItemStruct {
        let schema = schema(&mut self.item);
        let is_kind = default_generics(&mut self.item);
        let kind: Option<Attribute> = is_kind.then(|| self.kube());
        let mut item = self.item;
        let mut derives = vec![
            quote!(Clone),
            quote!(Debug),
            quote!(::serde::Deserialize),
            quote!(::serde::Serialize),
        ];
        if is_kind {
            derives.push(quote!(::kube::CustomResource));
        }
        derives.push(schema);
        let derives = derive(&item, &derives);
        let rename_all = rename_all(&item);
        leave_out_none(&mut item.fields);
        let before = [Some(derives), kind, rename_all];
        item.attrs.splice(0..0, before.into_iter().flatten());
        item
    }

    /// kube's own attribute.
    fn kube(&self) -> Attribute {
        let Self {
            group,
            version,
            kind,
            plural,
            others,
            ..
        } = self;
        let root = self.root.iter().map(|root| quote!(root = #root,));
        let namespaced = self.namespaced.then(|| quote!(namespaced,));
        let status = self.status.iter().map(|status| quote!(status = #status,));
        // kube documents only the spec by itself; `kubectl explain` asks the kind.
        let doc = self.doc.iter().map(|doc| quote!(doc = #doc,));
        parse_quote! {
            #[kube(
                group = #group, version = #version, kind = #kind, #(#root)* plural = #plural,
                #namespaced #(#status)* #(#doc)* #(#others),*
            )]
        }
    }
}

impl Status {
    /// The struct of the status as an author would write it, with the fields that the runtime keeps. Whether it is a
    /// type of its name alone: where it has lifetimes or constants, there is an error beside it.
    pub fn plain(self) -> (ItemStruct, bool) {
        let mut item = self.item;
        let schema = schema(&mut item);
        let is_status = default_generics(&mut item);
        let derives = derive(
            &item,
            &[
                quote!(Clone),
                quote!(Debug),
                quote!(Default),
                quote!(::serde::Deserialize),
                quote!(::serde::Serialize),
                schema,
            ],
        );
        let rename_all = rename_all(&item);
        leave_out_none(&mut item.fields);
        add_kept_fields(&mut item);
        let before = [Some(derives), rename_all];
        item.attrs.splice(0..0, before.into_iter().flatten());
        (item, is_status)
    }
}

fn add_kept_fields(item: &mut ItemStruct) {
    // Tools look for these two under the names that Kubernetes gives them.
    let own_case = renames_all(item);
    let generation_name = own_case.then(|| quote!(rename = "observedGeneration",));
    let conditions_name = own_case.then(|| quote!(rename = "conditions",));
    let Fields::Named(fields) = &mut item.fields else {
        return;
    };
    let kept: FieldsNamed = parse_quote!({
        /// The generation of the spec that this status describes.
        #[serde(#generation_name skip_serializing_if = "Option::is_none")]
        pub observed_generation: ::std::option::Option<i64>,
        /// What is true of the object, one condition a type.
        #[serde(#conditions_name default, skip_serializing_if = "Vec::is_empty")]
        #[schemars(schema_with = "::myop::condition::conditions_schema")]
        pub conditions: ::std::vec::Vec<::myop::Condition>,
    });
    fields.named.extend(kept.named);
}

/// `#[derive(...)]` with those of `wanted` that the author hasn't derived already.
fn derive(item: &ItemStruct, wanted: &[TokenStream]) -> Attribute {
    let written: Vec<String> = item.attrs.iter().flat_map(derived).collect();
    let missing = wanted.iter().filter(|path| {
        let path = path.to_string();
        let name = path.rsplit(' ').next().unwrap_or_default();
        // KubeSchema is an implementation of JsonSchema.
        !written
            .iter()
            .any(|written| written == name || (name == "KubeSchema" && written == "JsonSchema"))
    });
    parse_quote!(#[derive(#(#missing),*)])
}

/// The derive of the schema: kube's, or beside an error about generics, which kube doesn't know,
/// the one of schemars; then without kube's attributes.
fn schema(item: &mut ItemStruct) -> TokenStream {
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
fn default_generics(item: &mut ItemStruct) -> bool {
    for parameter in item.generics.type_params_mut() {
        parameter
            .default
            .get_or_insert_with(|| (Token![=](Span::call_site()), parse_quote!(())));
    }
    item.generics.type_params().count() == item.generics.params.len()
}

/// `#[serde(rename_all = "camelCase")]`, unless the author has chosen another case.
fn rename_all(item: &ItemStruct) -> Option<Attribute> {
    (!renames_all(item)).then(|| parse_quote!(#[serde(rename_all = "camelCase")]))
}

/// Whether the author has chosen the case of the fields.
fn renames_all(item: &ItemStruct) -> bool {
    item.attrs
        .iter()
        .any(|attribute| says_serde(attribute, "rename_all"))
}

/// Leaves fields out that are `None`. They would go out as `null`, which an API server stores, and
/// for which it makes the writer the field's owner.
fn leave_out_none(fields: &mut Fields) {
    for field in fields {
        if is_option(field) && !is_left_out(field) {
            field
                .attrs
                .push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
        }
    }
}

/// Whether it is said when the field is left out.
pub(crate) fn is_left_out(field: &Field) -> bool {
    let settled = ["skip", "skip_serializing", "skip_serializing_if"];
    let is_settled = |attribute: &Attribute| settled.iter().any(|key| says_serde(attribute, key));
    field.attrs.iter().any(is_settled)
}

pub(crate) fn is_option(field: &Field) -> bool {
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

/// The names of what an attribute derives.
pub(crate) fn derived(attribute: &Attribute) -> Vec<String> {
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
