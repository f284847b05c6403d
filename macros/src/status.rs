//! `#[status]`: the fields that the runtime keeps, and how it gets at them.

use myop_model::{Error, Status};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemStruct;

use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Status::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let written = reading.meaning.map_or(item, write);
    quote!(#(#errors)* #written)
}

fn write(status: Status) -> TokenStream {
    let (item, is_status) = status.plain();
    let access = is_status.then(|| write_access(&item));
    quote!(#item #access)
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
