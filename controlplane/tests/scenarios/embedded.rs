//! The server that is made here: a fresh one for each scenario.

use std::sync::{Mutex, PoisonError};

use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use myop_controlplane::{ControlPlane, Options, RunningControllers, Settings};

use super::{Result, play_all::Servers, scenario::Scenario, server::Server};

/// Those that were started: they live as long as this.
#[derive(Default)]
pub(crate) struct Embedded(Mutex<Vec<ControlPlane>>);

impl Servers for Embedded {
    async fn server_for(&self, scenario: &Scenario) -> Result<Server> {
        let controllers = if scenario.needs.controllers {
            RunningControllers::Unscheduled
        } else {
            RunningControllers::None
        };
        let kubeconfig = Kubeconfig::from_yaml(&self.start(controllers).await?)?;
        let options = KubeConfigOptions::default();
        let config = Config::from_custom_kubeconfig(kubeconfig, &options);
        Server::new(config.await?)
    }
}

impl Embedded {
    /// A fresh one: its administrator's kubeconfig.
    pub(crate) async fn start(&self, controllers: RunningControllers) -> Result<String> {
        let options = Options {
            settings: Settings {
                controllers,
                // As on the real one.
                enforces_owner_references: true,
            },
            ..Options::default()
        };
        let control_plane = ControlPlane::start_as(options).await?;
        let kubeconfig = control_plane.kubeconfig();
        let mut started = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        started.push(control_plane);
        Ok(kubeconfig)
    }
}
