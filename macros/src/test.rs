//! `#[myop::test]`: an async function becomes a test on a control plane.

use myop_model::{Error, Test};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, ItemFn, ReturnType};

use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let parsed = match parse(item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Test::read(arguments, &parsed);
    let errors: Vec<_> = reading.errors.iter().map(Error::to_compile_error).collect();
    match reading.meaning {
        Some(test) if errors.is_empty() => write(&test),
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

fn write(
    Test {
        function,
        controllers,
        embedded,
    }: &Test,
) -> TokenStream {
    let ItemFn {
        attrs, sig, block, ..
    } = function;
    let (name, output) = (&sig.ident, &sig.output);
    let test = Ident::new("test", Span::call_site());
    let needs = quote!(::myop::testing::Needs { controllers: #controllers, embedded: #embedded });
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
        fn #name() #output {
            #sig #block
            #run
        }
    }
}
