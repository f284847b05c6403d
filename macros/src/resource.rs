//! `#[resource(...)]`: kube's derives on the struct of a spec.

use myop_model::{Error, Resource};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Resource::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let plain = reading
        .meaning
        .map(|resource| resource.plain().into_token_stream());
    let written = plain.unwrap_or(item);
    quote!(#(#errors)* #written)
}
