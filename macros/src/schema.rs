//! `#[schema(...)]`: attributes of serde, schemars and kube on a struct.

use myop_model::{Error, Schema};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Schema::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let plain = reading
        .meaning
        .map(|schema| schema.plain().into_token_stream());
    let written = plain.unwrap_or(item);
    quote!(#(#errors)* #written)
}
