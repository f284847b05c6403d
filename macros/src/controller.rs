//! `#[derive(Controller)]`: calls of the runtime's builder, and one trait for each declaration.

use myop_model::{Controller, Error, Label, Owned, Rule, Setting, Wakes, Watch};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Ident, Path, Token, parse_quote};

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let reading = Controller::read(&input);
    let errors: Vec<_> = reading.errors.iter().map(Error::to_compile_error).collect();
    let Some(mut controller) = reading.meaning else {
        return quote!(#(#errors)*);
    };
    if !errors.is_empty() {
        // Nothing else rests on them.
        controller.settings.clear();
    }
    let definition = write_definition(&controller);
    let (access, from_setup) = if errors.is_empty() {
        (write_access(&controller), write_from_setup(&controller))
    } else {
        (write_any_access(&controller), write_any_setup(&controller))
    };
    quote!(#(#errors)* #definition #access #from_setup)
}

fn write_definition(controller: &Controller) -> TokenStream {
    let Controller {
        ident,
        reconciles,
        name,
        reads,
        ..
    } = controller;
    let status = controller
        .keeps_status
        .then(|| quote!(.status(::myop::status_of!(#reconciles))));
    let when = controller.when.iter().map(write_when);
    let owns = controller.owns.iter().map(write_owned);
    let skip = controller
        .skip
        .iter()
        .map(|Label { key, value }| quote!(.skip_label(#key, #value)));
    let finalizer = controller
        .finalizer
        .iter()
        .map(|name| quote_spanned!(name.span()=> .finalizer(#name)));
    let watches = controller.watches.iter().map(write_watch);
    let rules = controller.rules.iter().map(write_rule);
    let settings = controller
        .settings
        .iter()
        .map(|Setting { name, value }| quote_spanned!(value.span()=> .#name(#value)));
    let mut generics = controller.generics.clone();
    if !generics.params.is_empty() {
        let bounds = generics.make_where_clause();
        bounds
            .predicates
            .push(parse_quote!(Self: ::std::marker::Send + ::std::marker::Sync + 'static));
    }
    let (any, of, bounds) = generics.split_for_impl();
    quote! {
        impl #any ::myop::Controller for #ident #of #bounds {
            type Kind = #reconciles;
            const NAME: &'static str = #name;
            fn define(definition: ::myop::Definition<Self>) -> ::myop::Definition<Self> {
                definition
                    #status
                    #(#when)*
                    #(#owns)*
                    #(.reads::<#reads>())*
                    #(#watches)*
                    #(#skip)*
                    #(#finalizer)*
                    #(#rules)*
                    #(#settings)*
            }
        }
    }
}

/// What the compiler has to say about a function, it says at the function.
fn write_watch(Watch { kind, wakes, when }: &Watch) -> TokenStream {
    let wakes = match wakes {
        Wakes::Index(index) => {
            quote_spanned!(index.span()=> ::myop::Wakes::<Self, #kind>::index(#index))
        }
        Wakes::IndexBy { index, key } => {
            quote_spanned!(index.span()=> ::myop::Wakes::<Self, #kind>::index_by(#index, #key))
        }
        Wakes::Map(map) => quote_spanned!(map.span()=> ::myop::Wakes::<Self, #kind>::map(#map)),
    };
    let when = when.iter().map(write_when);
    quote!(.watches(#wakes #(#when)*))
}

fn write_owned(owned: &Owned) -> TokenStream {
    let kind = &owned.kind;
    let by = if owned.any_owner {
        "by_any_owner"
    } else {
        "by_controller"
    };
    let by = Ident::new(by, kind.span());
    let when = owned.when.iter().map(write_when);
    quote_spanned!(kind.span()=> .owns(::myop::Owned::<#kind>::#by() #(#when)*))
}

fn write_when(when: &Expr) -> TokenStream {
    quote_spanned!(when.span()=> .when(#when))
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

fn write_access(controller: &Controller) -> TokenStream {
    let ident = &controller.ident;
    let owned = controller
        .owns
        .iter()
        .map(|owned| write_declaration(ident, "Owns", &owned.kind));
    let read = controller
        .readable()
        .into_iter()
        .map(|kind| write_declaration(ident, "Reads", kind));
    let has_finalizer = controller
        .finalizer
        .iter()
        .map(|_| quote!(impl ::myop::HasFinalizer for #ident {}));
    let keeps_status = controller
        .keeps_status
        .then(|| quote!(impl ::myop::access::KeepsStatus for #ident {}));
    quote!(#(#owned)* #(#read)* #(#has_finalizer)* #keeps_status)
}

/// What the compiler has to say about the implementation, it says at the kind: that it is no kind,
/// or that another declaration has it under another path.
fn write_declaration(ident: &Ident, access: &str, kind: &Path) -> TokenStream {
    let mut spans = kind.to_token_stream().into_iter().map(|token| token.span());
    let start = spans.next().unwrap_or_else(Span::call_site);
    let end = spans.last().unwrap_or(start);
    let access = Ident::new(access, start);
    // rustc underlines from `impl` to the end of the generics, if the whole reaches that far.
    let close = Token![>](end);
    let body = quote_spanned!(end=> {});
    quote_spanned!(start=> impl<#close ::myop::access::#access<#kind> for #ident #body)
}

/// Access to everything, beside an error in the declarations: what is missing in them is not the
/// author's mistake then.
fn write_any_access(controller: &Controller) -> TokenStream {
    let ident = &controller.ident;
    let (own, of, bounds) = controller.generics.split_for_impl();
    let mut generics = controller.generics.clone();
    generics.params.push(parse_quote!(Any: ::myop::Object));
    let (any, ..) = generics.split_for_impl();
    quote! {
        impl #any ::myop::access::Owns<Any> for #ident #of #bounds {}
        impl #any ::myop::access::Reads<Any> for #ident #of #bounds {}
        impl #own ::myop::HasFinalizer for #ident #of #bounds {}
        impl #own ::myop::access::KeepsStatus for #ident #of #bounds {}
    }
}

/// Makes each field by its type. What the compiler has to say, it says at the name of the struct
/// and at the types.
fn write_from_setup(Controller { ident, fields, .. }: &Controller) -> TokenStream {
    let setup = if fields.is_empty() {
        quote!(_)
    } else {
        quote!(setup)
    };
    let names = fields.members();
    let types = fields.iter().map(|field| &field.ty);
    let body = quote! {
        fn from_setup(#setup: &::myop::Setup) -> ::std::result::Result<Self, ::myop::BoxError> {
            ::std::result::Result::Ok(Self {
                #(#names: <#types as ::myop::FromSetup>::from_setup(setup)?,)*
            })
        }
    };
    quote_spanned!(ident.span()=> impl ::myop::FromSetup for #ident { #body })
}

/// Stands in for how the fields are made, beside an error in the declarations.
fn write_any_setup(controller: &Controller) -> TokenStream {
    let ident = &controller.ident;
    let (any, of, bounds) = controller.generics.split_for_impl();
    quote! {
        impl #any ::myop::FromSetup for #ident #of #bounds {
            fn from_setup(_: &::myop::Setup) -> ::std::result::Result<Self, ::myop::BoxError> {
                ::std::unimplemented!()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn settings_are_passed_on_as_they_are() {
        let written = super::expand(quote! {
            #[controller(
                reconciles = MyApp,
                queue = order::ByName,
                backoff = |failures| Duration::from_secs(failures.into()),
                reconcile_timeout = Duration::from_secs(30),
            )]
            struct MyAppController;
        });
        let calls = quote! {
            .queue(order::ByName)
            .backoff(|failures| Duration::from_secs(failures.into()))
            .reconcile_timeout(Duration::from_secs(30))
        };
        assert!(
            written.to_string().contains(&calls.to_string()),
            "{written}"
        );
    }
}
