//! `myop manifests --watch`: the manifests follow each save, until Ctrl-C.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use myop_manifests::can_be_definition;

use super::of_crate;
use super::{Manifests, lists_plan, named, project_of};
use crate::answer::Answer;
use crate::commands::Place;
use crate::error::Error;
use crate::live::cluster::ClusterError;
use crate::live::failed;
use crate::live::screen::{Screen, Tone};
use crate::live::sources::{Seen, Sources};
use crate::live::stop::Stop;
use crate::live::wait_for;
use crate::plan::{self, Change, Plan};
use crate::tree::Disk;

/// Sources that are followed.
struct Watch<'w> {
    manifests: &'w Manifests,
    place: &'w Place,
    screen: Screen,
    sources: Sources,
    seen: Seen,
}

/// What the sources come to.
struct Made {
    /// The folder that the plan's paths count from.
    root: PathBuf,
    plan: Plan,
    /// The folder of the manifests, in words.
    what: String,
    notes: Vec<String>,
    /// The files that were read.
    files: BTreeSet<PathBuf>,
}

/// Follows the sources.
///
/// # Errors
/// When there is no project, or Ctrl-C can't be listened for.
pub(super) fn follow(manifests: &Manifests, place: &Place) -> Result<Answer, Error> {
    let root = match &manifests.krate {
        Some(krate) => of_crate::folder_of(&place.folder, krate),
        None => project_of(&place.folder)?.0.root().to_owned(),
    };
    let mut watch = Watch {
        manifests,
        place,
        screen: Screen::new(place.output),
        sources: Sources::new(&root),
        seen: Seen::default(),
    };
    watch.screen.tell("watching", Tone::Plain, root.display());
    wait_for(watch.follow()).map_err(ClusterError::Threads)?
}

impl Watch<'_> {
    async fn follow(&mut self) -> Result<Answer, Error> {
        let mut stop = Stop::listen().map_err(ClusterError::Signals)?;
        loop {
            if let Err(error) = self.turn() {
                failed::tell(&self.screen, &error, "the manifests stay as they were");
            }
            let changed = tokio::select! {
                changed = self.sources.changed(&self.seen) => changed,
                _ = stop.asked() => return Ok(Answer::default()),
            };
            self.screen.gap();
            self.screen.tell("edited", Tone::Strong, &changed);
        }
    }

    /// From the sources as they are now to manifests that say the same.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is held against the times of files"
    )]
    fn turn(&mut self) -> Result<(), Error> {
        let began = SystemTime::now();
        self.seen = self.sources.look();
        let made = match &self.manifests.krate {
            Some(krate) => self.of_crate(krate)?,
            None => self.of_project()?,
        };
        self.sources.read_also(made.files);
        self.seen.learn(self.sources.look(), began);
        self.carry_out(&made.plan, &made.root)?;
        if made.plan.is_empty() {
            self.screen.tell("up to date", Tone::Quiet, made.what);
        }
        let is_definition = |path: &Path, change: &Change| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(can_be_definition) && matches!(change, Change::Update { .. })
        };
        self.screen.diff(&made.plan.diff_of(is_definition));
        for note in made.notes {
            self.screen.below(Tone::Quiet, format!("note: {note}"));
        }
        Ok(())
    }

    fn of_crate(&self, krate: &Path) -> Result<Made, Error> {
        let here = &self.place.folder;
        let (kinds, output, notes) = self.manifests.kinds(self.place, krate)?;
        Ok(Made {
            root: here.clone(),
            plan: kinds.plan(&output, &Disk::new(here))?,
            what: named(&output),
            notes,
            files: kinds.sources,
        })
    }

    fn of_project(&mut self) -> Result<Made, Error> {
        let (disk, project) = project_of(&self.place.folder)?;
        let root = disk.root();
        let lists = lists_plan(&project, &disk)?;
        self.carry_out(&lists, root)?;
        if !lists.is_empty() {
            self.seen = self.sources.look();
        }
        let (declared, files) = self.manifests.declared(self.place, root, &project)?;
        let folder = self.manifests.folder(self.place, root);
        Ok(Made {
            root: root.to_owned(),
            plan: declared.plan(&project, &folder, &Disk::new(root))?,
            what: named(&folder),
            notes: declared.notes,
            files,
        })
    }

    fn carry_out(&self, plan: &Plan, root: &Path) -> Result<(), Error> {
        plan::carry_out(plan, root, &self.place.command)?;
        if !plan.is_empty() {
            self.screen.tell("wrote", Tone::Plain, plan);
        }
        Ok(())
    }
}
