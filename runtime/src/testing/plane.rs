//! A control plane of a test's own, of whichever kind.

use std::path::{Path, PathBuf};

use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};

use super::{
    Needs, Result,
    assets::{Assets, Stop},
    embedded::Embedded,
};

/// A control plane that was started for a test, and ends with it.
pub(super) enum ControlPlane {
    /// etcd and kube-apiserver.
    Assets(Assets),
    /// A server in this process.
    Embedded(Box<Embedded>),
}

impl ControlPlane {
    /// From the folder `KUBEBUILDER_ASSETS`, or in this process where that is not set.
    pub(super) async fn start(needs: Needs) -> Result<Self> {
        match std::env::var_os("KUBEBUILDER_ASSETS") {
            Some(folder) => {
                let started = Assets::start(Path::new(&folder), needs).await?;
                Ok(Self::Assets(started))
            }
            None => Ok(Self::Embedded(Box::new(Embedded::start(needs).await?))),
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
            Self::Embedded(embedded) => {
                embedded.stop_api_server();
                Ok(())
            }
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
            Self::Embedded(embedded) => {
                embedded.stop_api_server();
                Ok(())
            }
        }
    }
}
