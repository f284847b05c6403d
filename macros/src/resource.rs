//! `#[resource(...)]`: kube's derives on the struct of a spec.

use myop_model::{Error, Resource};
use proc_macro2::TokenStream;
use quote::quote;

use crate::fields::{derive, leave_out_none, rename_all};
use crate::parse;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let parsed = match parse(&item) {
        Ok(parsed) => parsed,
        Err(unread) => return unread,
    };
    let reading = Resource::read(arguments, &parsed);
    let errors = reading.errors.iter().map(Error::to_compile_error);
    let written = reading.meaning.map_or(item, |resource| write(&resource));
    quote!(#(#errors)* #written)
}

fn write(resource: &Resource) -> TokenStream {
    let Resource {
        item,
        group,
        version,
        kind,
        plural,
        others,
        ..
    } = resource;
    let derives = derive(
        item,
        &[
            quote!(Clone),
            quote!(Debug),
            quote!(::serde::Deserialize),
            quote!(::serde::Serialize),
            quote!(::kube::CustomResource),
            quote!(::kube::KubeSchema),
        ],
    );
    let namespaced = resource.namespaced.then(|| quote!(namespaced,));
    let status = resource
        .status
        .iter()
        .map(|status| quote!(status = #status,));
    // kube documents only the spec by itself; `kubectl explain` asks the kind.
    let doc = resource.doc.iter().map(|doc| quote!(doc = #doc,));
    let rename_all = rename_all(item);
    let mut item = item.clone();
    leave_out_none(&mut item.fields);
    quote! {
        #derives
        #[kube(
            group = #group, version = #version, kind = #kind, plural = #plural,
            #namespaced #(#status)* #(#doc)* #(#others),*
        )]
        #rename_all
        #item
    }
}
