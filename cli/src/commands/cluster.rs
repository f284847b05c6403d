//! `myop cluster`: an API server in the foreground.

use std::path::{Path, PathBuf};

use clap::Args;
use myop_controlplane::RunningControllers;

use super::Place;
use crate::answer::Answer;
use crate::error::Error;
use crate::live::cluster::{Cluster, ClusterError};
use crate::live::folder::RunFolder;
use crate::live::kubeconfig::{self, KubeconfigError, KubeconfigFile};
use crate::live::stop::Stop;
use crate::live::wait_for;

/// Run a Kubernetes API server in the foreground, until Ctrl-C
///
/// It needs nothing installed, listens on 127.0.0.1 and keeps nothing. What it implements behaves as kube-apiserver does;
/// what it does not implement answers 501 and names it. The kubeconfig is a file of its own, which goes with it; one that
/// is named by --kubeconfig may be there already: then the cluster is a further context in it, and the current one, until
/// it ends.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop cluster
  myop cluster --workloads           so that a Deployment becomes available
  myop cluster --kubeconfig shop.kubeconfig --port 6443")]
pub(crate) struct ClusterCommand {
    /// The kubeconfig to write, or to add to [default: a new file in the user's folder for running programs]
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// The port to listen on [default: one that is free]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Give Deployments and Jobs their Pods, which turn ready by themselves: no process runs
    #[arg(long)]
    workloads: bool,
}

impl ClusterCommand {
    /// Runs it.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        wait_for(self.serve(place)).map_err(ClusterError::Threads)?
    }

    async fn serve(self, place: &Place) -> Result<Answer, Error> {
        let mut stop = Stop::listen().map_err(ClusterError::Signals)?;
        let controllers = if self.workloads {
            RunningControllers::Workloads
        } else {
            RunningControllers::default()
        };
        let cluster = Cluster::start(self.port, controllers).await?;
        let own;
        let path = if let Some(path) = self.kubeconfig {
            place.folder.join(path)
        } else {
            own = own_folder(&place.running)?;
            own.path().join("kubeconfig")
        };
        let file = KubeconfigFile::at(path, &cluster.kubeconfig())?;
        (place.output.print)(&format!(
            "ready at {} in {:.0?}: {}\n",
            cluster.url(),
            cluster.took,
            kubeconfig::export(file.path())
        ));
        stop.asked().await;
        Ok(Answer::default())
    }
}

fn own_folder(place: &Path) -> Result<RunFolder, KubeconfigError> {
    RunFolder::new_in(place, "cluster").map_err(|source| KubeconfigError::NotWritten {
        path: place.to_owned(),
        source,
    })
}
