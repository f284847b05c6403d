//! `myop cluster`: an API server in the foreground.

use std::path::PathBuf;

use clap::Args;
use myop_controlplane::RunningControllers;

use super::Place;
use crate::answer::Answer;
use crate::error::Error;
use crate::live::cluster::{Cluster, ClusterError};
use crate::live::kubeconfig::{self, KubeconfigFile};
use crate::live::stop::Stop;
use crate::live::wait_for;

/// Run a Kubernetes API server in the foreground, until Ctrl-C
///
/// It needs nothing installed, listens on 127.0.0.1 and keeps nothing. What it implements behaves as kube-apiserver does;
/// what it does not implement answers 501 and names it. The kubeconfig is a file of its own, which goes with it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop cluster
  myop cluster --workloads           so that a Deployment becomes available
  myop cluster --kubeconfig shop.kubeconfig --port 6443")]
pub(crate) struct ClusterCommand {
    /// Where to write the kubeconfig [default: a new file in the user's folder for running programs]
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
        let text = cluster.kubeconfig();
        let file = match self.kubeconfig {
            Some(path) => KubeconfigFile::at(place.folder.join(path), &text)?,
            None => KubeconfigFile::new_in(&place.running, &text)?,
        };
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
