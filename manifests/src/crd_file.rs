//! The file of a CRD.

use serde::{Deserialize, Serialize};

use crate::crds::Error;
use crate::names::{self, Names};
use crate::{ANNOTATIONS, header_of, yaml};

/// The file of a CRD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrdFile {
    pub(crate) names: Names,
    /// `Namespaced` or `Cluster`.
    pub scope: String,
    /// The names of its versions, the one first that `kubectl` shows.
    pub versions: Vec<String>,
    /// The object, as YAML. It is kept as it is, beside all else.
    #[serde(skip)]
    pub(crate) body: String,
    /// The bytes of its annotations after a client-side `kubectl apply`.
    pub(crate) annotations: usize,
}

impl CrdFile {
    /// Its name, which is the one that controller-gen gives it: `example.com_carts.yaml`.
    pub fn name(&self) -> String {
        self.names.file()
    }

    /// The group of its kind.
    pub fn group(&self) -> &str {
        &self.names.group
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        &self.names.kind
    }

    /// Whether its objects are in no namespace.
    pub(crate) fn is_cluster_scoped(&self) -> bool {
        self.scope == "Cluster"
    }

    /// By what they are sorted.
    pub(crate) fn place(&self) -> (&str, &str) {
        (&self.names.group, &self.names.plural)
    }

    /// What is in it, in a project.
    pub(crate) fn document(&self) -> String {
        yaml::below_header(&self.body)
    }

    /// What is in it, of a crate that has no PROJECT. It begins with [`header_of`] the crate, so that several crates can share
    /// a folder.
    pub fn text(&self, package: &str) -> String {
        let header = header_of(package);
        let body = &self.body;
        format!("{header} Do not edit: `myop manifests --crate` writes it anew.\n{body}")
    }

    /// The bytes of its annotations after a client-side `kubectl apply`, which keeps there what it was given, if these are
    /// more than [`ANNOTATIONS`]: then it can't be put on a cluster that way.
    pub fn oversized(&self) -> Option<usize> {
        (self.annotations > ANNOTATIONS).then_some(self.annotations)
    }

    /// That no two kinds of a group want the same name.
    ///
    /// # Errors
    /// When two do.
    pub fn check_names<'f>(files: impl IntoIterator<Item = &'f Self>) -> Result<(), Error> {
        names::check(files.into_iter().map(|file| &file.names))
    }
}
