//! `#[myop::test]`: an async function becomes a test on a control plane.

use myop_model::Error;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::{Ident, ItemFn, ReturnType, Token};

use crate::parse;

pub(crate) fn expand(
    arguments: TokenStream,
    item: &TokenStream,
    no_control_plane: bool,
) -> TokenStream {
    let function: ItemFn = match parse(item) {
        Ok(function) => function,
        Err(unread) => return unread,
    };
    match (controllers(arguments), check_signature(&function)) {
        (Ok(controllers), Ok(())) => write(&function, controllers, no_control_plane),
        (controllers, signature) => {
            let errors = controllers.err().into_iter().chain(signature.err());
            let errors = errors.map(|error| error.to_compile_error());
            quote!(#(#errors)*)
        }
    }
}

/// Whether the test asks for the controller manager.
fn controllers(arguments: TokenStream) -> Result<bool, Error> {
    let words = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(arguments)?;
    match words.iter().find(|word| *word != "controllers") {
        Some(unknown) => {
            let error = Error::new(
                unknown,
                format!("unknown argument `{unknown}` of `#[myop::test]`"),
            );
            Err(error.help("there is only `controllers`"))
        }
        None => Ok(!words.is_empty()),
    }
}

fn check_signature(function: &ItemFn) -> Result<(), Error> {
    let signature = &function.sig;
    if signature.asyncness.is_some()
        && signature.inputs.len() == 1
        && signature.generics.params.is_empty()
    {
        return Ok(());
    }
    let error = Error::new(
        signature,
        "a test on a control plane is an async function of a cluster",
    );
    Err(error.help(format!(
        "write `async fn {}(cluster: Cluster) -> Result`",
        signature.ident
    )))
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
