//! What was looked at: what a definition is made of, and when it is to be made anew.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::module::ModuleId;
use super::{SourceError, Sources};
use crate::fingerprint::Fingerprint;

/// What was looked at.
#[derive(Debug, Default)]
pub(super) struct LookedAt {
    /// The modules and the files besides that were looked at since they were taken last.
    lately: RefCell<(BTreeSet<ModuleId>, BTreeSet<PathBuf>)>,
    /// The files besides those of modules that were ever looked at.
    included: RefCell<BTreeMap<PathBuf, Fingerprint>>,
}

impl LookedAt {
    pub(super) fn add_module(&self, module: ModuleId) {
        self.lately.borrow_mut().0.insert(module);
    }
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceFile {
    text: Fingerprint,
    /// Its modules that have files of their own: their paths, and these files.
    modules: BTreeSet<(String, PathBuf)>,
}

impl SourceFile {
    /// Whether a file is as it was, and still the one that its module means.
    pub(crate) fn is_unchanged(&self, path: &Path) -> bool {
        let is_other_meant = path.ends_with("mod.rs")
            && path
                .parent()
                .is_some_and(|folder| folder.with_extension("rs").is_file());
        let text = std::fs::read_to_string(path);
        !is_other_meant && text.is_ok_and(|text| Fingerprint::of(text.as_str()) == self.text)
    }

    /// Whether it has the same modules.
    pub(crate) fn has_the_modules_of(&self, other: &Self) -> bool {
        self.modules == other.modules
    }

    /// The files of its modules.
    pub(crate) fn files_of_modules(&self) -> impl Iterator<Item = &Path> {
        self.modules.iter().map(|(_, file)| file.as_path())
    }
}

impl Sources {
    /// By what the packages of the crate, and of those that it depends on by a path, are known again.
    pub(crate) fn packages(&self) -> Fingerprint {
        self.packages
    }

    /// The text of a file that a source includes.
    pub(crate) fn included(&self, file: &Path) -> io::Result<String> {
        let text = std::fs::read_to_string(file)?;
        let mut included = self.looked_at.included.borrow_mut();
        included.insert(file.to_owned(), Fingerprint::of(text.as_str()));
        let mut lately = self.looked_at.lately.borrow_mut();
        lately.1.insert(file.to_owned());
        Ok(text)
    }

    /// The files that were looked at since they were taken last.
    pub(crate) fn take_looked_at(&self) -> BTreeSet<PathBuf> {
        let (modules, mut files) = self.looked_at.lately.take();
        files.extend(modules.into_iter().map(|id| self.file(id).to_owned()));
        files
    }

    /// The files that say how the crate is built.
    pub(crate) fn manifests(&self) -> BTreeSet<PathBuf> {
        let crates = self.crates.iter();
        crates.map(|krate| krate.manifest.file.clone()).collect()
    }

    /// The files that were read; or why one could not be.
    pub(crate) fn files(self) -> Result<BTreeMap<PathBuf, SourceFile>, SourceError> {
        let included = self.looked_at.included.take();
        let included = included.into_iter();
        let texts = self.texts.iter();
        let texts = texts.map(|read| (read.file.clone(), Fingerprint::of(read.text.as_str())));
        let files = included.chain(texts).map(|(file, text)| {
            let modules = BTreeSet::new();
            (file, SourceFile { text, modules })
        });
        let mut files: BTreeMap<_, _> = files.collect();
        for module in &self.modules {
            let parent = module.parent.map(|parent| self.file(parent));
            let apart = parent.filter(|parent| *parent != module.file);
            if let Some(parent) = apart.and_then(|parent| files.get_mut(parent)) {
                let own = (module.path.clone(), module.file.clone());
                parent.modules.insert(own);
            }
        }
        match self.failure.into_inner() {
            Some(failure) => Err(failure),
            None => Ok(files),
        }
    }
}
