//! `use`: groups, `as`, globs, re-exports, enums' variants, and paths without any.

use std::collections::{self, BTreeMap as Map};
use std::vec::Vec as List;

use ::kube::CustomResource as Kind;
use schemars as schemas;
use serde::{self as wire, Deserialize as Read, Serialize as Write};

use super::deep::*;
use super::file::{
    InFile as FromFile,
    inside::{self, InsideFile},
};
use super::{DeepestAgain, renamed_file::Elsewhere};
use crate::paths as by_crate;

mod private {
    pub use super::super::renamed_file::Elsewhere as Hidden;

    pub mod exporting {
        pub use crate::paths::deep::below::{ByGlob as Exported, Deepest as Both};
    }

    pub use exporting::*;
}

use private::{Both, Exported, Hidden};

/// Derives and attributes by other names.
#[derive(Kind, Write, Read, Clone, Debug, schemas::JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "UsedByOtherNames")]
pub struct UsedByOtherNamesSpec {
    pub map: Map<String, u8>,
    pub list: List<u8>,
    pub set: collections::BTreeSet<u8>,
    pub from_file: FromFile,
    pub inside: InsideFile,
    pub by_module: inside::InsideFile,
    pub deepest: Deepest,
    pub again: DeepestAgain,
    pub by_glob: ByGlob,
    pub elsewhere: Elsewhere,
    pub hidden: Hidden,
    pub exported: Exported,
    pub both: Both,
    pub by_crate: by_crate::InFolder,
}

/// Everything by its full path.
#[derive(
    ::kube::CustomResource,
    ::serde::Serialize,
    wire::Deserialize,
    Clone,
    ::std::fmt::Debug,
    ::schemars::JsonSchema,
)]
#[kube(group = "example.com", version = "v1", kind = "UsedByFullPaths")]
pub struct UsedByFullPathsSpec {
    pub text: std::string::String,
    pub leading: ::std::string::String,
    pub option: ::core::option::Option<::std::primitive::u8>,
    pub list: std::vec::Vec<core::primitive::bool>,
    pub map: std::collections::btree_map::BTreeMap<String, ::std::collections::HashMap<String, u8>>,
    pub crate_path: crate::paths::deep::below::Deepest,
    pub super_path: super::InFolder,
    pub re_exported: crate::paths::deep::Deepest,
    pub through_alias: by_crate::deep::ByGlob,
}

/// A `use` within a function is not the module's.
pub fn with_use_inside() -> usize {
    use std::collections::BTreeSet as Deepest;
    Deepest::<u8>::new().len()
}

kinds![UsedByOtherNames, UsedByFullPaths];
