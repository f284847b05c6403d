//! Kinds of every construct that a CRD's types can be written with: serde's, schemars', kube's, myop's and Rust's own.
//!
//! `myop manifests` reads definitions from the sources. What it reads from these is held against [`definitions`], which
//! is what kube makes of them at run time. A module is a family of constructs, a kind is one of them; each module ends
//! with the list of its kinds. Where kube panics, the kind is in [`refused`], with kube's words; what doesn't compile is
//! listed in the README.

#![allow(
    clippy::all,
    dead_code,
    deprecated,
    nonstandard_style,
    unused_imports,
    reason = "this is what people write, not what we would"
)]

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;

/// Lists the kinds of a module, each with its path.
macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        pub(crate) const KINDS: &[crate::Kind] = &[$(
            (concat!(module_path!(), "::", stringify!($kind)), <$kind as ::kube::CustomResourceExt>::crd),
        )*];
    };
}

/// A kind's path, and its definition.
pub type Kind = (&'static str, fn() -> CustomResourceDefinition);

pub mod builtin;
pub mod cased_enums;
pub mod conditional;
pub mod converted;
pub mod defaults;
pub mod definition;
pub mod enums;
pub mod flattened;
pub mod flattened_enums;
#[cfg(feature = "foreign")]
pub mod foreign;
pub mod generics;
pub mod left_out;
pub mod limits;
pub mod lost;
pub mod no_kinds;
pub mod of_myop;
pub mod paths;
pub mod recursive;
pub mod refused;
pub mod renamed;
pub mod rules;
pub mod std_types;
pub mod strict;
pub mod unreadable;
pub mod words;

/// All kinds that kube gives a definition of.
pub fn kinds() -> Vec<Kind> {
    [
        builtin::core::KINDS,
        builtin::meta::KINDS,
        cased_enums::KINDS,
        conditional::attributes::KINDS,
        conditional::items::KINDS,
        converted::KINDS,
        defaults::computed::KINDS,
        defaults::containers::KINDS,
        defaults::functions::KINDS,
        defaults::types::KINDS,
        definition::access::KINDS,
        definition::columns::KINDS,
        definition::names::KINDS,
        definition::shape::KINDS,
        definition::versions::v1::KINDS,
        definition::versions::v1alpha1::KINDS,
        definition::versions::v1beta1::KINDS,
        enums::adjacent::KINDS,
        enums::documented::KINDS,
        enums::external::KINDS,
        enums::held::KINDS,
        enums::internal::KINDS,
        enums::plain::KINDS,
        enums::untagged::KINDS,
        flattened::KINDS,
        flattened_enums::KINDS,
        #[cfg(feature = "foreign")]
        foreign::KINDS,
        generics::KINDS,
        left_out::KINDS,
        limits::numbers::KINDS,
        limits::others::KINDS,
        limits::texts::KINDS,
        lost::KINDS,
        of_myop::KINDS,
        of_myop::by_path::KINDS,
        paths::circle::h::KINDS,
        paths::inline::KINDS,
        paths::inline::first::second::KINDS,
        paths::shadows::names::KINDS,
        paths::shadows::own_crate_names::KINDS,
        paths::shadows::own_option::KINDS,
        paths::shadows::own_string::KINDS,
        paths::uses::KINDS,
        recursive::KINDS,
        renamed::KINDS,
        rules::cel::KINDS,
        rules::merging::KINDS,
        std_types::collections::KINDS,
        std_types::json::KINDS,
        std_types::others::KINDS,
        std_types::scalars::KINDS,
        std_types::wrappers::KINDS,
        strict::KINDS,
        unreadable::KINDS,
        words::attributes::KINDS,
        words::blocks::KINDS,
        words::comments::KINDS,
    ]
    .concat()
}

/// What kube makes of each kind, with its path.
pub fn definitions() -> Vec<(&'static str, CustomResourceDefinition)> {
    kinds()
        .into_iter()
        .map(|(path, crd)| (path, crd()))
        .collect()
}
