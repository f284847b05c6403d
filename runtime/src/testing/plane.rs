//! A control plane of a test's own, of whichever kind.

use std::path::PathBuf;

use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use myop_controlplane::InProcess;

use super::{
    Needs, Result,
    assets::{Assets, Stop},
    embedded::Embedded,
};

/// Which control plane a test gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A server in this process.
    Embedded,
    /// etcd and kube-apiserver, from this folder.
    Assets(PathBuf),
    /// The cluster of the current kubeconfig.
    Existing,
}

impl Kind {
    pub(super) fn of(needs: Needs) -> Self {
        let is_existing = std::env::var("USE_EXISTING_CLUSTER").is_ok_and(|value| value == "true");
        match std::env::var_os("KUBEBUILDER_ASSETS") {
            _ if needs.embedded => Self::Embedded,
            _ if is_existing => Self::Existing,
            Some(folder) => Self::Assets(folder.into()),
            None => Self::Embedded,
        }
    }
}

/// A control plane that was started for a test, and ends with it.
pub(super) enum ControlPlane {
    /// etcd and kube-apiserver.
    Assets(Assets),
    /// A server in this process.
    Embedded(Box<Embedded>),
}

impl ControlPlane {
    /// # Errors
    ///
    /// Where it does not start, and for an existing cluster, which is not ours to start.
    pub(super) async fn start(kind: Kind, needs: Needs) -> Result<Self> {
        match kind {
            Kind::Embedded => Ok(Self::Embedded(Box::new(Embedded::start(needs).await?))),
            Kind::Assets(folder) => Ok(Self::Assets(Assets::start(&folder, needs).await?)),
            Kind::Existing => Err("an existing cluster is not started".into()),
        }
    }

    /// The server in this process, where it is one.
    pub(super) fn embedded(&self) -> Option<&InProcess> {
        match self {
            Self::Assets(_) => None,
            Self::Embedded(embedded) => Some(embedded.in_process()),
        }
    }

    pub(super) fn kubeconfig(&self) -> PathBuf {
        match self {
            Self::Assets(assets) => assets.kubeconfig(),
            Self::Embedded(embedded) => embedded.kubeconfig(),
        }
    }

    pub(super) fn audit_log(&self) -> PathBuf {
        match self {
            Self::Assets(assets) => assets.audit_log(),
            Self::Embedded(embedded) => embedded.audit_log(),
        }
    }

    pub(super) async fn config(&self) -> Result<Config> {
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig())?;
        Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
    }

    pub(super) async fn stop_api_server(&mut self, stop: Stop) -> Result {
        match self {
            Self::Assets(assets) => assets.stop_api_server(stop).await,
            Self::Embedded(embedded) => embedded.stop_api_server().await,
        }
    }

    pub(super) async fn start_api_server(&mut self) -> Result {
        match self {
            Self::Assets(assets) => assets.start_api_server().await,
            Self::Embedded(embedded) => embedded.start_api_server().await,
        }
    }

    pub(super) async fn stop(&mut self) -> Result {
        match self {
            Self::Assets(assets) => assets.stop().await,
            Self::Embedded(embedded) => embedded.stop_api_server().await,
        }
    }
}
