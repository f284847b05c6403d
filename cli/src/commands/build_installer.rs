//! `myop build-installer`: the whole operator in one file.

use std::collections::BTreeMap;

use clap::Args;

use super::Place;
use super::manifests::Manifests;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::installer::{self, Image, InstallerError};
use crate::kustomize::{Kustomize, KustomizeError};
use crate::plan::{Plan, Wanted};
use crate::project::Project;
use crate::tree::Disk;

/// What is written.
const FILE: &str = "dist/install.yaml";

/// What it is made from.
const SOURCE: &str = "config/default";

/// The image that config has as it is scaffolded, which is in no registry.
const SCAFFOLDED: &str = "controller:latest";

/// Write dist/install.yaml, the whole operator in one file
///
/// First does what `myop manifests` does. Then the file is what `kubectl kustomize config/default` gives, with the image
/// where one is given; config is not changed for that. Takes kubectl or kustomize.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop build-installer --image registry.example.com/shop:0.1.0
  kubectl apply --server-side -f dist/install.yaml")]
pub(crate) struct BuildInstaller {
    /// The operator's image [default: as config has it]
    #[arg(long, value_parser = Image::parse)]
    image: Option<Image>,
    #[command(flatten)]
    writing: Writing,
}

/// The file could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Kustomize(#[from] KustomizeError),
    #[error(transparent)]
    Installer(#[from] InstallerError),
}

impl Failure {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Kustomize(error) => Some(error.help()),
            Self::Installer(error) => error.help(),
        }
    }
}

impl BuildInstaller {
    /// Writes the file.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        self.writing.begin(&place.folder, place)?;
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        let kustomize = Kustomize::find(&place.path, SOURCE).map_err(Failure::from)?;
        // A file in the way is better told of before anything is built.
        Plan::new(wanted(String::new()), &disk)?;

        let config = Manifests::written(self.writing).follow(place, &disk, &project)?;
        if self.writing.is_dry() && !config.text.is_empty() {
            let note = format!("{FILE} is not shown: it is made from config with these changes");
            return Ok(config.with_notes([note]));
        }
        let made = kustomize.render(disk.root(), SOURCE).map_err(Failure::from);
        let made = made.and_then(|rendered| {
            installer::make(&rendered, self.image.as_ref()).map_err(Failure::from)
        });
        let Answer { text: done, notes } = config;
        let installer = made.map_err(|error| Error::from(error).after_config(done.clone()))?;
        let note = note(installer.image.as_deref());
        let plan = Plan::new(wanted(installer.text), &disk)?;
        let written = if plan.is_empty() {
            Answer::lines([format!("{FILE} is up to date")])
        } else {
            let next = format!("kubectl apply --server-side -f {FILE}");
            self.writing.settle(&plan, disk.root(), place, &next)?
        };
        Ok(Answer {
            text: done + &written.text,
            notes,
        }
        .with_notes(written.notes)
        .with_notes(note))
    }
}

/// The one file that this command writes.
fn wanted(text: String) -> Wanted {
    let mut wanted = Wanted::default();
    wanted.generated(BTreeMap::from([(FILE.to_owned(), text)]));
    wanted
}

/// What to know of the image.
fn note(image: Option<&str>) -> Option<String> {
    (image == Some(SCAFFOLDED)).then(|| {
        format!("the operator's image is {SCAFFOLDED}, as it was scaffolded: name yours by --image")
    })
}
