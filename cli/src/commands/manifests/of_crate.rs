//! The definitions of a crate without PROJECT: an author of kube's kinds needs nothing else of myop.

use std::collections::BTreeSet;
use std::fmt;
use std::mem;
use std::path::{Path, PathBuf};

use myop_manifests::{
    CrdFile, Definitions, Descriptions, Features, Kept, Kind, ManifestError, SourceError, Unread,
    can_be_definition, header_of, read_again,
};
use serde_json::Value;

use super::failure::Failure;
use super::kept::KeptFile;
use super::named;
use super::size;
use super::target::{Target, inside};
use crate::definitions;
use crate::error::Error;
use crate::plan::{Plan, Wanted};
use crate::tree::Disk;
use crate::workspace::crates_with_kube;

/// The folder beside Cargo.toml that they are written to, where no other is named. Helm takes one of this name.
const CRDS: &str = "crds";

/// What a crate's kinds come to.
#[derive(Debug)]
pub(super) struct Kinds {
    /// The name of the crate's package.
    package: String,
    definitions: Kept,
    /// The files that they were read from.
    pub(super) sources: BTreeSet<PathBuf>,
}

/// The folder of a crate that is named by itself or by its Cargo.toml.
pub(super) fn folder_of(here: &Path, said: &Path) -> PathBuf {
    let said = if said.ends_with("Cargo.toml") {
        said.parent().unwrap_or(said)
    } else {
        said
    };
    here.join(inside(here, here, said))
}

impl Kinds {
    /// Reads the crate in a folder, but for what is kept of it and stands.
    ///
    /// # Errors
    /// When it has no kinds, one can't be read, or an API server would refuse one: then none is written.
    pub(super) fn read(
        folder: &Path,
        here: &Path,
        features: &Features,
        descriptions: Descriptions,
        kept: Option<&KeptFile>,
    ) -> Result<Self, Error> {
        let before = kept.and_then(KeptFile::read).unwrap_or_default();
        let mut reading = match read_again(folder, features, before) {
            Err(SourceError::Manifest(ManifestError::NoPackage { .. })) => {
                return Err(no_crate(folder, here)?.into());
            }
            Err(SourceError::Manifest(ManifestError::NotRead { .. })) if folder.is_file() => {
                let file = named(&inside(here, here, folder));
                return Err(Failure::NoFolder { file }.into());
            }
            reading => reading.map_err(|error| Failure::of_source(here, error))?,
        };
        if !reading.mistakes.is_empty() {
            return Err(Failure::mistakes(here, &reading.mistakes).into());
        }
        let package = reading.package.clone();
        if reading.kinds.is_empty() && reading.basis.unchanged().next().is_none() {
            return Err(Failure::NoKinds { package }.into());
        }
        let read = all_of(mem::take(&mut reading.kinds));
        let read = read.map_err(|unread| Failure::unread_kinds(here, &unread))?;
        let definitions = Definitions::merge(read, descriptions)?;
        let new = definitions.crd_files();
        CrdFile::check_names(new.iter().chain(reading.basis.unchanged()))?;
        let source = definitions::Source {
            folder,
            features,
            below: here,
        };
        definitions::check(definitions, source)?;
        let sources = reading.basis.files();
        let is_new = reading.basis.is_new();
        let definitions = reading.basis.keep(new);
        if let Some(kept) = kept.filter(|_| is_new) {
            kept.write(&definitions);
        }
        Ok(Self {
            package,
            definitions,
            sources,
        })
    }

    /// The names of the files, and what is in them.
    fn texts(&self) -> impl Iterator<Item = (String, String)> {
        let files = self.definitions.crd_files();
        files.map(|file| (file.name(), file.text(&self.package)))
    }

    /// Their definitions in one stream.
    pub(super) fn stream(&self) -> String {
        stream(self.texts().map(|(_, text)| text))
    }

    /// What is to be said of those that are too large for a client-side `kubectl apply`.
    pub(super) fn notes(&self) -> Vec<String> {
        size::notes(self.definitions.crd_files())
    }

    /// What changes in a folder, which may hold those of other crates, too.
    ///
    /// # Errors
    /// When files lie there that are not myop's.
    pub(super) fn plan(&self, folder: &Path, disk: &Disk) -> Result<Plan, Error> {
        let mut wanted = Wanted::default();
        wanted.generated(self.texts().map(|(name, text)| (folder.join(name), text)));
        wanted.sweep(folder, can_be_definition, header_of(&self.package));
        Ok(Plan::new(wanted, disk)?)
    }
}

/// The definitions of kinds, or why some can't be read.
fn all_of(kinds: Vec<Kind>) -> Result<Vec<Value>, Vec<Unread>> {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    for kind in kinds {
        match kind.definition {
            Ok(definition) => read.push(definition),
            Err(why) => unread.push(why),
        }
    }
    if unread.is_empty() {
        Ok(read)
    } else {
        Err(unread)
    }
}

/// The folder that the definitions of the crate in another go to, as it is called here.
pub(super) fn output(target: Option<&Target>, here: &Path, folder: &Path) -> PathBuf {
    match target {
        Some(Target::Folder(said)) => inside(here, here, said),
        _ => inside(here, folder, CRDS.as_ref()),
    }
}

/// What to say of a workspace that is no crate itself.
fn no_crate(folder: &Path, here: &Path) -> Result<Failure, Error> {
    let crates = crates_with_kube(&Disk::new(folder))?;
    let path = |krate: &PathBuf| inside(here, folder, krate).display().to_string();
    Ok(Failure::no_crate(
        named(&inside(here, here, folder)),
        &crates.iter().map(path).collect::<Vec<_>>(),
    ))
}

/// Documents in one stream.
pub(super) fn stream(texts: impl IntoIterator<Item = impl fmt::Display>) -> String {
    let documents = texts.into_iter().map(|text| format!("---\n{text}"));
    documents.collect()
}
