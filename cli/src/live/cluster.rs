//! The embedded API server.

use std::io;
use std::time::{Duration, Instant};

use kube::Client;
use myop_controlplane::{ControlPlane, Options, RunningControllers, Settings};

/// Where the cluster is, as long as it is held.
pub(crate) struct Cluster {
    plane: ControlPlane,
    /// How long its start took.
    pub(crate) took: Duration,
}

/// There is no cluster.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClusterError {
    #[error("port {0} is taken by another program")]
    Taken(u16),
    #[error("port {0} is one that you may not listen on")]
    Forbidden(u16),
    #[error("cannot start an API server on 127.0.0.1")]
    NotStarted(#[source] io::Error),
    #[error("cannot listen for Ctrl-C")]
    Signals(#[source] io::Error),
    #[error("cannot start a thread")]
    Threads(#[source] io::Error),
}

impl ClusterError {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Taken(_) => Some("name another one by --port, or none for one that is free"),
            Self::Forbidden(_) => {
                Some("name one above 1023 by --port, or none for one that is free")
            }
            Self::NotStarted(_) | Self::Signals(_) | Self::Threads(_) => None,
        }
    }
}

impl Cluster {
    /// Starts one on a port of loopback, 0 for one that is free, on which these controllers run.
    ///
    /// # Errors
    /// Where it can't listen.
    pub(crate) async fn start(
        port: u16,
        controllers: RunningControllers,
    ) -> Result<Self, ClusterError> {
        let began = Instant::now();
        let options = Options {
            port,
            settings: Settings {
                controllers,
                ..Settings::default()
            },
            ..Options::default()
        };
        let plane = ControlPlane::start_as(options).await;
        let plane = plane.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => ClusterError::Taken(port),
            io::ErrorKind::PermissionDenied => ClusterError::Forbidden(port),
            _ => ClusterError::NotStarted(source),
        })?;
        Ok(Self {
            plane,
            took: began.elapsed(),
        })
    }

    /// A client with all rights.
    pub(crate) fn client(&self) -> Client {
        self.plane.client()
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        self.plane.url()
    }

    /// A kubeconfig with all rights.
    pub(crate) fn kubeconfig(&self) -> String {
        self.plane.kubeconfig()
    }
}
