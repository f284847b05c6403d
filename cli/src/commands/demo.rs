//! `myop demo`: the MyApp exercise, from an empty folder to an operator at work.

mod acts;
mod failure;

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use myop_controlplane::RunningControllers;

use self::acts::Acts;
pub(crate) use self::failure::Failure;
use super::{Place, manifests};
use crate::answer::Answer;
use crate::error::Error;
use crate::live::build::Cargo;
use crate::live::cluster::{Cluster, ClusterError};
use crate::live::folder::RunFolder;
use crate::live::screen::{Screen, Tone};
use crate::live::session::{Halted, Session, Work};
use crate::live::stop::Stop;
use crate::live::{shell, wait_for};
use crate::tree::Disk;
use crate::workspace::Workspace;
use crate::{checkout, program};

/// See an operator made, built and at work, with nothing installed but Rust
///
/// Makes the MyApp operator in a temporary folder: scaffolds it by `myop init` and `myop create api`, fills in what an
/// author writes, and builds it. Runs it on a Kubernetes API server of its own, applies three objects, and shows what comes
/// of them, and of the deletion of one. In the end nothing of it is left.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop demo
  myop demo --keep          and go on from there by `myop dev`")]
pub(crate) struct Demo {
    /// Keep the project, and say how to go on with it
    #[arg(long)]
    keep: bool,
}

/// The project's name, and its folder's.
const PROJECT: &str = "myapp-operator";

impl Demo {
    /// Shows it.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        if program::find(&place.cargo, &place.path).is_none() {
            return Err(manifests::Failure::no_cargo(place).into());
        }
        wait_for(self.show(place)).map_err(ClusterError::Threads)?
    }

    async fn show(self, place: &Place) -> Result<Answer, Error> {
        let stop = Stop::listen().map_err(ClusterError::Signals)?;
        let folder = temporary_folder(place)?;
        let root = folder.path().join(PROJECT);
        let target = checkout::target(place);
        let cluster = Cluster::start(0, RunningControllers::Workloads).await?;
        let work = Work {
            cargo: Cargo::new(place, &root, target.clone()),
            root: root.clone(),
            arguments: Vec::new(),
        };
        let session = Session::new(place, &cluster, stop, work)?;
        let mut acts = Acts::new(place, &root, session, cluster.took);
        let ended = acts.play().await;
        acts.end().await;
        match ended {
            Ok(()) if self.keep => {
                let root = folder.keep().join(PROJECT);
                tell_how_to_go_on(place, &root, target.as_deref());
            }
            Ok(()) => Screen::new(place.output).tell(
                "done",
                Tone::Good,
                "nothing of it is left; `myop demo --keep` keeps the project",
            ),
            Err(Halted::Stopped) => return Err(Failure::Stopped.into()),
            Err(Halted::Failed(error)) => return Err(error),
        }
        Ok(Answer::default())
    }
}

/// A folder that goes with this value, in no workspace: the project would become a part of it.
fn temporary_folder(place: &Place) -> Result<RunFolder, Error> {
    let parent = &place.temporary;
    let made = RunFolder::new_in(parent, "demo");
    let folder = made.map_err(|source| Failure::NoFolder {
        parent: parent.clone(),
        source,
    })?;
    match Workspace::around(&Disk::new(folder.path().join(PROJECT)))? {
        Some(workspace) => Err(Failure::InWorkspace(workspace.path).into()),
        None => Ok(folder),
    }
}

fn tell_how_to_go_on(place: &Place, root: &Path, target: Option<&Path>) {
    let screen = Screen::new(place.output);
    screen.tell("kept", Tone::Good, root.display());
    screen.below(Tone::Plain, format!("cd {}", shell::word(root)));
    if let Some(target) = target {
        let export = format!("export CARGO_TARGET_DIR={}", shell::word(target));
        screen.below(Tone::Plain, export);
    }
    let dev = format!("{} dev", shell::word(&this_program(place)));
    screen.below(Tone::Plain, dev);
    let then =
        "builds and runs it again whenever you change it, and says first how kubectl finds it:";
    screen.below(Tone::Quiet, then);
    screen.below(Tone::Plain, "kubectl get myapps,deployments,pods");
}

/// By what this program is run again.
fn this_program(place: &Place) -> PathBuf {
    let name = PathBuf::from("myop");
    match (program::find(&name, &place.path), env::current_exe()) {
        (None, Ok(path)) => path,
        _ => name,
    }
}
