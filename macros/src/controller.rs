//! `#[derive(Controller)]`: calls of the runtime's builder, and one trait for each declaration.

use myop_model::{Controller, Error, Label, Rule};
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let reading = Controller::read(&input);
    let errors: Vec<_> = reading.errors.iter().map(Error::to_compile_error).collect();
    let Some(controller) = reading.meaning else {
        return quote!(#(#errors)*);
    };
    let definition = write_definition(&controller);
    let access = if errors.is_empty() {
        write_access(&controller)
    } else {
        write_any_access(&controller)
    };
    let from_setup = controller.is_unit.then(|| write_from_setup(&controller));
    quote!(#(#errors)* #definition #access #from_setup)
}

fn write_definition(controller: &Controller) -> TokenStream {
    let Controller {
        ident,
        reconciles,
        name,
        owns,
        reads,
        ..
    } = controller;
    let skip = controller
        .skip
        .iter()
        .map(|Label { key, value }| quote!(.skip_label(#key, #value)));
    let finalizer = controller
        .finalizer
        .iter()
        .map(|name| quote!(.finalizer(#name)));
    let rules = controller.rules.iter().map(write_rule);
    quote! {
        impl ::myop::Controller for #ident {
            type Kind = #reconciles;
            const NAME: &'static str = #name;
            fn define(definition: ::myop::Definition<Self>) -> ::myop::Definition<Self> {
                definition
                    .status(::myop::status_of!(#reconciles))
                    #(.owns::<#owns>())*
                    #(.reads::<#reads>())*
                    #(#skip)*
                    #(#finalizer)*
                    #(#rules)*
            }
        }
    }
}

fn write_rule(rule: &Rule) -> TokenStream {
    match rule {
        Rule::Resources {
            groups,
            resources,
            verbs,
            names,
        } => {
            let names = (!names.is_empty()).then(|| quote!(.names([#(#names),*])));
            quote!(.rule(::myop::Rule::new([#(#groups),*], [#(#resources),*], [#(#verbs),*]) #names))
        }
        Rule::Urls { urls, verbs } => {
            quote!(.rule(::myop::Rule::urls([#(#urls),*], [#(#verbs),*])))
        }
    }
}

/// What is owned or reconciled can be read too.
fn write_access(controller: &Controller) -> TokenStream {
    let Controller {
        ident,
        reconciles,
        owns,
        reads,
        ..
    } = controller;
    quote! {
        #(impl ::myop::access::Owns<#owns> for #ident {})*
        impl ::myop::access::Reads<#reconciles> for #ident {}
        #(impl ::myop::access::Reads<#owns> for #ident {})*
        #(impl ::myop::access::Reads<#reads> for #ident {})*
    }
}

/// Access to everything, beside an error in the declarations: what is missing in them is not the
/// author's mistake then.
fn write_any_access(controller: &Controller) -> TokenStream {
    let ident = &controller.ident;
    quote! {
        impl<K: ::myop::Object> ::myop::access::Owns<K> for #ident {}
        impl<K: ::myop::Object> ::myop::access::Reads<K> for #ident {}
    }
}

fn write_from_setup(controller: &Controller) -> TokenStream {
    let ident = &controller.ident;
    quote! {
        impl ::myop::FromSetup for #ident {
            fn new(_: &::myop::Setup) -> ::std::result::Result<Self, ::myop::BoxError> {
                ::std::result::Result::Ok(Self {})
            }
        }
    }
}
