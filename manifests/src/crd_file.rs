//! The file of a CRD of a crate that has no PROJECT.

use serde::{Deserialize, Serialize};

use crate::crds::Error;
use crate::names::{self, Names};
use crate::{ANNOTATIONS, header_of};

/// The file of a CRD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrdFile {
    pub(crate) names: Names,
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

    /// By what they are sorted.
    pub(crate) fn place(&self) -> (&str, &str) {
        (&self.names.group, &self.names.plural)
    }

    /// What is in it. It begins with [`header_of`] the crate, so that several crates can share a folder.
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
