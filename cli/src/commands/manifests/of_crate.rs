//! The definitions of a crate without PROJECT: an author of kube's kinds needs nothing else of myop.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use myop_manifests::{
    Definitions, Descriptions, Features, ManifestError, SourceError, can_be_definition, header_of,
    read_sources,
};

use super::failure::Failure;
use super::named;
use super::target::{Target, inside};
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
    pub(super) definitions: Definitions,
    /// The files that they were read from.
    pub(super) files: BTreeSet<PathBuf>,
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
    /// Reads the crate in a folder.
    ///
    /// # Errors
    /// When it has no kinds, or one can't be read: then none is written.
    pub(super) fn read(
        folder: &Path,
        here: &Path,
        features: &Features,
        descriptions: Descriptions,
    ) -> Result<Self, Error> {
        let reading = match read_sources(folder, features) {
            Err(SourceError::Manifest(ManifestError::NoPackage { .. })) => {
                return Err(no_crate(folder, here)?.into());
            }
            reading => reading.map_err(|error| Failure::of_source(here, error))?,
        };
        if !reading.mistakes.is_empty() {
            return Err(Failure::mistakes(here, &reading.mistakes).into());
        }
        if reading.kinds.is_empty() {
            let package = reading.package;
            return Err(Failure::NoKinds { package }.into());
        }
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for kind in reading.kinds {
            match kind.definition {
                Ok(definition) => read.push(definition),
                Err(why) => unread.push(why),
            }
        }
        if !unread.is_empty() {
            return Err(Failure::unread_kinds(here, &unread).into());
        }
        Ok(Self {
            package: reading.package,
            definitions: Definitions::merge(read, descriptions)?,
            files: reading.files,
        })
    }

    /// All of them in one stream.
    pub(super) fn stream(&self) -> String {
        stream(self.definitions.files_of_crate(&self.package).values())
    }

    /// What changes in a folder, which may hold those of other crates, too.
    ///
    /// # Errors
    /// When files lie there that are not myop's.
    pub(super) fn plan(&self, folder: &Path, disk: &Disk) -> Result<Plan, Error> {
        let mut wanted = Wanted::default();
        let texts = self.definitions.files_of_crate(&self.package).into_iter();
        wanted.generated(texts.map(|(name, text)| (folder.join(name), text)));
        wanted.sweep(folder, can_be_definition, header_of(&self.package));
        Ok(Plan::new(wanted, disk)?)
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
pub(super) fn stream<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let documents = texts.into_iter().map(|text| format!("---\n{text}"));
    documents.collect()
}
