//! `myop dev`: a project at work while it is written.

use std::ffi::OsString;

use clap::Args;
use myop_controlplane::RunningControllers;

use super::Place;
use super::manifests;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::live::build::Cargo;
use crate::live::cluster::{Cluster, ClusterError};
use crate::live::kubeconfig;
use crate::live::screen::Tone;
use crate::live::session::{Session, Work};
use crate::live::stop::Stop;
use crate::live::wait_for;
use crate::program;
use crate::project::Project;
use crate::tree::Disk;

/// Run the operator while you write it, on an API server of its own, until Ctrl-C
///
/// Starts a Kubernetes API server, installs the CRDs and rules, builds, runs the operator as its own ServiceAccount, and
/// applies config/samples. On a change it does that anew: config follows the code as by `myop manifests`, and the operator
/// starts again. Where the code does not build, the operator from before goes on. Each reconcile is a line: for which
/// object, why, and what it wrote. Nothing of it stays but what it wrote to config.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop dev
  myop dev --port 6443               so that kubectl finds it at the same place each time
  myop dev -- --cfp-api http://127.0.0.1:50001       with flags of your own for the operator")]
pub(crate) struct Dev {
    /// The port that the API server listens on [default: one that is free]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Arguments for the operator
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<OsString>,
}

impl Dev {
    /// Runs it.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        Writing::default().begin(&place.folder, place)?;
        let (disk, project) = Project::find(&Disk::new(&place.folder))?;
        if program::find(&place.cargo, &place.path).is_none() {
            return Err(manifests::Failure::no_cargo(place).into());
        }
        let work = Work {
            root: disk.root().to_owned(),
            cargo: Cargo::new(place, disk.root(), None),
            arguments: self.arguments,
        };
        wait_for(follow(place, self.port, &project, work)).map_err(ClusterError::Threads)?
    }
}

async fn follow(place: &Place, port: u16, project: &Project, work: Work) -> Result<Answer, Error> {
    let stop = Stop::listen().map_err(ClusterError::Signals)?;
    let cluster = Cluster::start(port, RunningControllers::Workloads).await?;
    let mut session = Session::new(place, &cluster, stop, work)?;
    let ready = format!(
        "{} on an API server of its own, ready in {:.0?}",
        project.name, cluster.took
    );
    session.screen.tell("dev", Tone::Plain, ready);
    let export = kubeconfig::export(&session.kubeconfig());
    session.screen.tell("kubectl", Tone::Plain, export);
    session.follow().await;
    session.running.end().await;
    session.screen.clear();
    Ok(Answer::default())
}
