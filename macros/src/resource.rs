//! `#[resource(...)]`: kube's derives on the struct of a spec.

use myop_model::{Error, Resource};
use proc_macro2::TokenStream;
use quote::quote;

use crate::fields::{default_generics, derive, leave_out_none, rename_all, schema};
use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Resource::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let written = reading.meaning.map_or(item, write);
    quote!(#(#errors)* #written)
}

fn write(mut resource: Resource) -> TokenStream {
    let schema = schema(&mut resource.item);
    let is_kind = default_generics(&mut resource.item);
    let kind = is_kind.then(|| write_kind(&resource));
    let mut item = resource.item;
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
    quote! {
        #derives
        #kind
        #rename_all
        #item
    }
}

fn write_kind(resource: &Resource) -> TokenStream {
    let Resource {
        group,
        version,
        kind,
        plural,
        others,
        ..
    } = resource;
    let root = resource.root.iter().map(|root| quote!(root = #root,));
    let namespaced = resource.namespaced.then(|| quote!(namespaced,));
    let status = resource
        .status
        .iter()
        .map(|status| quote!(status = #status,));
    // kube documents only the spec by itself; `kubectl explain` asks the kind.
    let doc = resource.doc.iter().map(|doc| quote!(doc = #doc,));
    quote! {
        #[kube(
            group = #group, version = #version, kind = #kind, #(#root)* plural = #plural,
            #namespaced #(#status)* #(#doc)* #(#others),*
        )]
    }
}
