//! `#[status]`: the fields that the runtime keeps, and how it gets at them.

use myop_model::{Error, Status};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, ItemStruct, parse_quote};

use crate::fields::{default_generics, derive, leave_out_none, rename_all, renames_all, schema};
use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Status::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let written = reading.meaning.map_or(item, |status| write(status.item));
    quote!(#(#errors)* #written)
}

fn write(mut item: ItemStruct) -> TokenStream {
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
    let access = is_status.then(|| write_access(&item));
    quote! {
        #derives
        #rename_all
        #item
        #access
    }
}

/// How the runtime gets at the fields that it keeps.
fn write_access(item: &ItemStruct) -> TokenStream {
    let name = &item.ident;
    quote! {
        impl ::myop::Status for #name {
            fn observed_generation(&self) -> ::std::option::Option<i64> {
                self.observed_generation
            }
            fn set_observed_generation(&mut self, generation: ::std::option::Option<i64>) {
                self.observed_generation = generation;
            }
            fn conditions(&self) -> &[::myop::Condition] {
                &self.conditions
            }
            fn conditions_mut(&mut self) -> &mut ::std::vec::Vec<::myop::Condition> {
                &mut self.conditions
            }
        }
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
    let kept: syn::FieldsNamed = parse_quote!({
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
