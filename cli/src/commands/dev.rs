//! `myop dev`: a project at work while it is written.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use myop_controlplane::RunningControllers;

use super::Place;
use super::manifests;
use super::writing::Writing;
use crate::answer::Answer;
use crate::error::Error;
use crate::live::build::Cargo;
use crate::live::cluster::{Cluster, ClusterError};
use crate::live::kubeconfig::{self, KubeconfigFile};
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
  myop dev --kubeconfig ~/.kube/config       so that kubectl finds it without being told
  myop dev -- --cfp-api http://127.0.0.1:50001       with flags of your own for the operator")]
pub(crate) struct Dev {
    /// The kubeconfig to write, or to add to: a further context, the current one until it ends [default: a new file]
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
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
        let at = At {
            port: self.port,
            kubeconfig: self.kubeconfig.map(|path| place.folder.join(path)),
        };
        wait_for(follow(place, at, &project, work)).map_err(ClusterError::Threads)?
    }
}

/// Where its user wants the cluster.
struct At {
    port: u16,
    kubeconfig: Option<PathBuf>,
}

async fn follow(place: &Place, at: At, project: &Project, work: Work) -> Result<Answer, Error> {
    let stop = Stop::listen().map_err(ClusterError::Signals)?;
    let cluster = Cluster::start(at.port, RunningControllers::Workloads).await?;
    let mut session = Session::new(place, &cluster, stop, work)?;
    let kubeconfig = at.kubeconfig.unwrap_or_else(|| session.kubeconfig());
    let kubeconfig = KubeconfigFile::at(kubeconfig, &cluster.kubeconfig())?;
    let ready = format!(
        "{} on an API server of its own, ready in {:.0?}",
        project.name, cluster.took
    );
    session.screen.tell("dev", Tone::Plain, ready);
    let export = kubeconfig::export(kubeconfig.path());
    session.screen.tell("kubectl", Tone::Plain, export);
    session.follow().await;
    session.running.end().await;
    session.screen.clear();
    Ok(Answer::default())
}
