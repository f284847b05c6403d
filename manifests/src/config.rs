//! The files of an operator's `config/crd` and `config/rbac`.

use std::collections::BTreeMap;

use crate::crd_file::CrdFile;
use crate::facts::Controller;
use crate::{Project, kustomize, rbac};

/// What an operator's manifests are made of.
#[derive(Debug, Clone, Default)]
pub struct Operator<'o> {
    /// The project's name.
    pub name: &'o str,
    /// Its controllers.
    pub controllers: &'o [Controller],
    /// The files of its definitions, sorted by group and plural.
    pub crds: Vec<&'o CrdFile>,
}

impl Operator<'_> {
    /// Every file of `config/crd` and `config/rbac`, by its path in the project.
    pub fn files(&self, project: &Project<'_>) -> BTreeMap<String, String> {
        let mut files = self.definitions();
        files.extend(rbac::files(self, project));
        files
    }

    /// The files of `config/crd`.
    fn definitions(&self) -> BTreeMap<String, String> {
        let files = self.crds.iter();
        let files = files.map(|file| (format!("bases/{}", file.name()), file.document()));
        let mut files: BTreeMap<_, _> = files.collect();
        let list = kustomize::list(files.keys());
        files.insert("kustomization.yaml".to_owned(), list);
        let files = files.into_iter();
        files
            .map(|(name, text)| (format!("config/crd/{name}"), text))
            .collect()
    }
}
