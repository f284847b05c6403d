//! `#[myop::test]`: an async function becomes a test on a control plane.

use myop_model::{Error, Test};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, ItemFn, ReturnType};

use crate::parse;

pub(crate) fn expand(
    arguments: TokenStream,
    item: &TokenStream,
    no_control_plane: bool,
) -> TokenStream {
    let parsed = match parse(item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Test::read(arguments, &parsed);
    let errors: Vec<_> = reading.errors.iter().map(Error::to_compile_error).collect();
    match reading.meaning {
        Some(Test {
            function,
            controllers,
        }) if errors.is_empty() => write(&function, controllers, no_control_plane),
        Some(Test { function, .. }) => {
            let kept = write_kept(&function);
            quote!(#(#errors)* #kept)
        }
        None => quote!(#(#errors)* #item),
    }
}

/// The function, beside an error: what it says is still read, and nobody calls it.
fn write_kept(ItemFn { sig, block, .. }: &ItemFn) -> TokenStream {
    quote! {
        #[allow(unused)]
        #sig #block
    }
}

fn write(function: &ItemFn, controllers: bool, no_control_plane: bool) -> TokenStream {
    let ItemFn {
        attrs, sig, block, ..
    } = function;
    let (name, output) = (&sig.ident, &sig.output);
    let is_ignored = attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("ignore"));
    let ignore = (no_control_plane && !is_ignored)
        .then(|| quote!(#[ignore = "needs KUBEBUILDER_ASSETS (or USE_EXISTING_CLUSTER=true)"]));
    let test = Ident::new("test", Span::call_site());
    let needs = quote!(::myop::testing::Needs { controllers: #controllers });
    let run = match output {
        ReturnType::Type(..) => quote!(::myop::testing::run(#needs, #name)),
        // A test that should panic returns nothing.
        ReturnType::Default => quote! {
            let outcome = ::myop::testing::run(#needs, |cluster| async move {
                #name(cluster).await;
                ::std::result::Result::Ok(())
            });
            if let ::std::result::Result::Err(error) = outcome {
                ::std::panic!("{error}");
            }
        },
    };
    quote! {
        #(#attrs)*
        #[::core::prelude::v1::#test]
        #ignore
        fn #name() #output {
            // Cargo builds again when these change, and with that decides anew what is ignored.
            const _: (Option<&str>, Option<&str>) =
                (option_env!("KUBEBUILDER_ASSETS"), option_env!("USE_EXISTING_CLUSTER"));
            #sig #block
            #run
        }
    }
}
