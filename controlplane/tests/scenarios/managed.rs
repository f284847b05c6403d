//! The server that is made here, under the real kube-controller-manager: our own controllers are off.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use myop_controlplane::{ControlPlane, Options, RunningControllers, Settings};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{
    Result, certificates,
    play_all::Servers,
    program::{Program, controller_manager_arguments},
    scenario::Scenario,
    server::Server,
};

/// One for all scenarios, started with the first.
pub(crate) struct Managed {
    assets: PathBuf,
    /// In what form the manager sends and wants objects.
    content: &'static str,
    running: OnceCell<Running>,
}

impl Managed {
    /// `assets`: the folder with kube-controller-manager.
    pub(crate) fn new(assets: &Path, content: &'static str) -> Self {
        Self {
            assets: assets.to_owned(),
            content,
            running: OnceCell::new(),
        }
    }
}

impl Servers for Managed {
    async fn server_for(&self, _: &Scenario) -> Result<Server> {
        let start = || Running::start(&self.assets, self.content);
        Ok(self.running.get_or_try_init(start).await?.server.clone())
    }
}

/// The manager ends before the server, and the server before its folder.
struct Running {
    server: Server,
    _manager: Program,
    _control_plane: ControlPlane,
    _folder: TempDir,
}

impl Running {
    async fn start(assets: &Path, content: &str) -> Result<Self> {
        let settings = Settings {
            controllers: RunningControllers::None,
            ..Settings::default()
        };
        let options = Options {
            settings,
            ..Options::default()
        };
        let control_plane = ControlPlane::start_as(options).await?;
        let folder = tempfile::Builder::new().prefix("scenarios-").tempdir()?;
        // It publishes an authority, and signs tokens: that both are others than the server's is no matter here.
        certificates::write(folder.path())?;
        fs::write(folder.path().join("kubeconfig"), control_plane.kubeconfig())?;
        let config = Kubeconfig::from_yaml(&control_plane.kubeconfig())?;
        let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await?;
        let mut arguments = controller_manager_arguments();
        arguments.push(format!("--kube-api-content-type={content}"));
        let manager = Program::start(assets, "kube-controller-manager", arguments, folder.path())?;
        Ok(Self {
            server: Server::new(config)?,
            _manager: manager,
            _control_plane: control_plane,
            _folder: folder,
        })
    }
}
