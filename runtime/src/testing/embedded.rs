//! A control plane of one's own in this process.

use std::path::PathBuf;

use myop_controlplane::{ControlPlane, InProcess, Options, RunningControllers, Settings};
use tempfile::TempDir;

use super::{Needs, Result};

/// A control plane that lives as long as this value.
pub(super) struct Embedded {
    folder: TempDir,
    control_plane: ControlPlane,
}

impl Embedded {
    pub(super) async fn start(needs: Needs) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("myop-").tempdir()?;
        let options = Options {
            audit_log: Some(folder.path().join("audit.log")),
            settings: Settings {
                enforces_owner_references: true,
                controllers: if needs.controllers {
                    RunningControllers::Unscheduled
                } else {
                    RunningControllers::None
                },
            },
            ..Options::default()
        };
        let control_plane = ControlPlane::start_as(options).await?;
        let embedded = Self {
            folder,
            control_plane,
        };
        std::fs::write(embedded.kubeconfig(), embedded.control_plane.kubeconfig())?;
        Ok(embedded)
    }

    pub(super) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    pub(super) fn audit_log(&self) -> PathBuf {
        self.folder.path().join("audit.log")
    }

    pub(super) fn in_process(&self) -> &InProcess {
        self.control_plane.in_process()
    }

    /// As a crash: whoever is connected is hung up on, what is stored stays.
    pub(super) async fn stop_api_server(&mut self) -> Result {
        Ok(self.control_plane.hang_up().await?)
    }

    pub(super) async fn start_api_server(&mut self) -> Result {
        Ok(self.control_plane.listen_again().await?)
    }
}
