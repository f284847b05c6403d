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
    included: RefCell<BTreeMap<PathBuf, SourceFile>>,
}

impl LookedAt {
    pub(super) fn add_module(&self, module: ModuleId) {
        self.lately.borrow_mut().0.insert(module);
    }
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceFile {
    /// None where it was read more than once, and changed meanwhile.
    text: Option<Fingerprint>,
    /// Its modules that have files of their own: their paths, and these files.
    modules: BTreeSet<(String, PathBuf)>,
}

impl SourceFile {
    fn of(text: &str) -> Self {
        Self {
            text: Some(Fingerprint::of(text)),
            modules: BTreeSet::new(),
        }
    }

    /// Takes in that it was read again.
    fn read_again(&mut self, text: &str) {
        if self.text != Some(Fingerprint::of(text)) {
            self.text = None;
        }
    }

    /// Whether a file is as it was, and still the one that its module means.
    pub(crate) fn is_unchanged(&self, path: &Path) -> bool {
        let is_other_meant = path.ends_with("mod.rs")
            && path
                .parent()
                .is_some_and(|folder| folder.with_extension("rs").is_file());
        let text = std::fs::read_to_string(path);
        !is_other_meant && text.is_ok_and(|text| Some(Fingerprint::of(text.as_str())) == self.text)
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
    /// The fingerprint of the packages of the crate, and of those that it depends on by a path.
    pub(crate) fn packages(&self) -> Fingerprint {
        self.packages
    }

    /// The text of a file that a source includes.
    pub(crate) fn included(&self, file: &Path) -> io::Result<String> {
        let text = std::fs::read_to_string(file)?;
        let mut included = self.looked_at.included.borrow_mut();
        take_in(&mut included, file, &text);
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
        let mut files = self.looked_at.included.take();
        for read in &self.texts {
            take_in(&mut files, &read.file, &read.text);
        }
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

/// Adds a file that was read.
fn take_in(files: &mut BTreeMap<PathBuf, SourceFile>, file: &Path, text: &str) {
    let file = files.entry(file.to_owned());
    file.and_modify(|file| file.read_again(text))
        .or_insert_with(|| SourceFile::of(text));
}
