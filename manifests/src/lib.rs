//! The one writer of an operator's manifests: facts in, YAML out.
//!
//! An operator's binary prints what it declares as one JSON document. [`Facts::read`] reads it, and [`files`] makes of
//! it every file below `config/crd` and `config/rbac`, keyed by its path in the project. Nothing here touches a disk,
//! so writing the files and checking whether they are stale are the same call.
//!
//! | module | what it holds |
//! |---|---|
//! | `source` | a crate's files, modules and types, and where a path leads |
//! | `schema` | a type's schema, as schemars' and kube's derives make it |
//! | `definition`, `access` | what the attributes of a kind and of a controller come to |
//! | `operator`, `statics` | what a crate declares, by its sources |
//! | `settings` | what a Cargo.toml says of how it is written |
//! | `places` | where in the sources something in a definition is said |
//! | `facts` | the JSON document of an operator's binary |
//! | `crds` | the versions of a kind merged into one `CustomResourceDefinition` |
//! | `descriptions` | how much of its doc comments a schema says |
//! | `version` | Kubernetes' order of versions |
//! | `rules` | access rules, merged and sorted without allowing more or less |
//! | `rbac` | the operator's account, roles and bindings |
//! | `people` | the admin, editor and viewer roles of a kind |
//! | `leftovers` | which files can have been written for a source that is gone |
//! | `kustomize` | the lists that make folders of these files |
//! | `yaml` | a value as text: the same value is always the same text |
//!
//! ```
//! use myop_manifests::{Descriptions, Facts, Project, files};
//!
//! let facts = Facts::read(r#"{ "name": "shop", "crds": [], "controllers": [] }"#)?;
//! let project = Project { domain: "example.com", namespaced: false, descriptions: Descriptions::Full };
//! let files = files(&facts, &project)?;
//! assert!(files["config/rbac/role.yaml"].contains("events.k8s.io"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![expect(
    clippy::unnecessary_box_returns,
    reason = "an `Unread` is large beside what is read"
)]

mod access;
mod cluster_scoped;
mod conditions;
mod crds;
mod definition;
mod descriptions;
mod facts;
mod kustomize;
mod leftovers;
mod meta;
mod operator;
mod people;
mod places;
mod rbac;
mod rules;
mod schema;
mod settings;
mod source;
mod statics;
mod version;
mod yaml;

use std::collections::BTreeMap;

use serde_json::Value;

pub use myop_builtin as builtin;

pub use self::crds::Error as CrdError;
pub use self::descriptions::{Descriptions, NoDescriptions};
pub use self::facts::{Controller, Facts, FactsError};
pub use self::leftovers::{FOLDERS, Folder, can_be_definition};
pub use self::places::{Spot, find_places};
pub use self::rules::{Rule, merge};
pub use self::settings::{SettingsError, descriptions_of};
pub use self::source::{Features, ManifestError, Place, SourceError, Unread};
pub use self::statics::{Declared, Kind, Reading, read_operator, read_sources};
pub use self::version::Version;
pub use self::yaml::{HEADER, document};

/// What the file PROJECT says of a project.
#[derive(Debug, Clone, Copy)]
pub struct Project<'a> {
    /// Its domain: kinds of the group `domain` itself are spoken of by their bare name, those of `shop.domain` as
    /// `shop`'s.
    pub domain: &'a str,
    /// Whether its operator works in its own namespace only, with a Role where there is a ClusterRole otherwise.
    pub namespaced: bool,
    /// How much of their doc comments its CRDs say.
    pub descriptions: Descriptions,
}

/// The most bytes that the API server takes as the annotations of an object.
pub const ANNOTATIONS: usize = 262_144;

/// Every `CustomResourceDefinition`, as it is in its file, from definitions of one version each.
///
/// # Errors
/// When the definitions of a kind contradict each other: see [`CrdError`].
pub fn definitions(crds: &[Value]) -> Result<Vec<Value>, CrdError> {
    let definitions = crds::merge(crds, Descriptions::Full)?;
    Ok(definitions.iter().map(crds::Definition::crd).collect())
}

/// Every file of `config/crd` and `config/rbac`, by its path in the project.
///
/// # Errors
/// When the definitions of a kind contradict each other: see [`CrdError`].
pub fn files(facts: &Facts, project: &Project<'_>) -> Result<BTreeMap<String, String>, CrdError> {
    let definitions = crds::merge(&facts.crds, project.descriptions)?;
    let mut files = crds::files(&definitions);
    files.extend(rbac::files(facts, &definitions, project));
    Ok(files)
}

/// The files of a crate's kinds, by the names that controller-gen gives them: `example.com_carts.yaml`. Each begins with
/// [`header_of`] this crate, so that several can share a folder.
///
/// # Errors
/// When the definitions of a kind contradict each other: see [`CrdError`].
pub fn files_of_crate(
    name: &str,
    definitions: &[Value],
    descriptions: Descriptions,
) -> Result<BTreeMap<String, String>, CrdError> {
    let header = format!(
        "{} Do not edit: `myop manifests --crate` writes it anew.",
        header_of(name)
    );
    let definitions = crds::merge(definitions, descriptions)?;
    let files = definitions.iter().map(|definition| {
        let text = yaml::below(&header, &definition.crd());
        (definition.file(), text)
    });
    Ok(files.collect())
}

/// The definitions that a client-side `kubectl apply` can't put on a cluster, as it keeps them in an annotation, too: the
/// names of their files, and the bytes of their annotations, which are more than [`ANNOTATIONS`].
///
/// # Errors
/// When the definitions of a kind contradict each other: see [`CrdError`].
pub fn oversized(
    definitions: &[Value],
    descriptions: Descriptions,
) -> Result<Vec<(String, usize)>, CrdError> {
    let definitions = crds::merge(definitions, descriptions)?;
    let sizes = definitions.iter();
    let sizes = sizes.map(|definition| (definition.file(), definition.bytes_of_annotations()));
    Ok(sizes.filter(|(_, bytes)| *bytes > ANNOTATIONS).collect())
}

/// How the first line of a file begins that is written for a kind of this crate.
pub fn header_of(name: &str) -> String {
    format!("# Generated by myop from the sources of the crate {name}.")
}
