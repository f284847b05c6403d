//! What an operator's `main` does.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};
use tracing::{error, info};

use crate::{
    access::{Rule, ScopedRules},
    error::{BoxError, chain},
    flags::{self, Command, RunFlags},
    health,
    leader::{flags::LeaderFlags, without_retries},
    logs,
    manager::{Manager, ManagerError},
    metrics::Endpoint,
    sends::{client_by, sending_by},
    signals,
};

/// What `myop manifests` reads.
#[derive(Serialize)]
struct Manifests<'a> {
    name: &'a str,
    crds: &'a [CustomResourceDefinition],
    controllers: Vec<ControllerRules>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ControllerRules {
    name: &'static str,
    /// For what is in namespaces.
    rules: Vec<Rule>,
    /// For what is in none.
    cluster_rules: Vec<Rule>,
}

impl Manager {
    /// What an operator's `main` does: reads the flags, finds the cluster, runs until SIGTERM or Ctrl-C.
    ///
    /// All of it runs on one thread, unless the variable `TOKIO_WORKER_THREADS` asks for more. Code that blocks a thread
    /// for long belongs into `tokio::task::spawn_blocking`: meanwhile no lease would be renewed and no probe answered.
    pub fn main(mut self) -> ExitCode {
        let arguments = std::env::args_os();
        let flags = match flags::read(self.name(), &self.own_flags, &mut self.parts, arguments) {
            Ok(flags) => flags,
            Err(error) => error.exit(),
        };
        match flags.command {
            Some(Command::Manifests) => self.print_manifests(),
            None => self.run_to_the_end(&flags.run),
        }
    }

    fn run_to_the_end(self, flags: &RunFlags) -> ExitCode {
        logs::start(flags.log_level, flags.log_encoder);
        let runtime = runtime();
        let ended = match runtime {
            Ok(runtime) => {
                let ended = runtime.block_on(self.run_by_flags(flags));
                // A run that does not yield must not keep a replica alive that does not lead any more.
                runtime.shutdown_background();
                ended
            }
            Err(error) => {
                error!(%error, "cannot start the runtime");
                return ExitCode::FAILURE;
            }
        };
        match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                error!("{}", chain(&error));
                ExitCode::FAILURE
            }
        }
    }

    async fn run_by_flags(self, flags: &RunFlags) -> Result<(), ManagerError> {
        let manager = match flags.max_concurrent_reconciles {
            Some(concurrency) => self.max_concurrent_reconciles(concurrency.get()),
            None => self,
        };
        let manager = match &flags.watch_namespace {
            Some(namespaces) => manager.limited_to(namespaces.clone()),
            None => manager,
        };
        let config = config_for(flags).await.map_err(ManagerError::Config)?;
        info!(server = %config.cluster_url, "found a cluster");
        let client = without_retries(&config).map_err(ManagerError::Client)?;
        let mut manager = manager.elect_by(&flags.leader, &config)?;
        let host = config.cluster_url.authority().map(ToString::to_string);
        manager.metrics.know_host(host);
        let shutdown = signals::shutdown();
        let address = &flags.health_probe_bind_address;
        let bound = health::bind(address).await;
        let listener = bound.map_err(|source| ManagerError::Health {
            address: address.to_string(),
            source,
        })?;
        let endpoint = Endpoint::bind(&flags.metrics, &manager.metrics).await?;
        let started = manager.start(&client, shutdown.clone())?;
        if let Some(endpoint) = endpoint {
            let metrics = started.metrics.clone();
            // Not the operator's own: a replica that does not lead answers, too.
            let client = client_by(metrics.counting(sending_by(&client)), &client);
            tokio::spawn(endpoint.serve(metrics, client, shutdown.clone()));
        }
        if let Some(listener) = listener {
            tokio::spawn(health::serve(listener, started.readiness.clone(), shutdown));
        }
        started.wait().await
    }

    fn elect_by(mut self, flags: &LeaderFlags, config: &Config) -> Result<Self, ManagerError> {
        let election = flags.override_election(self.name(), self.election);
        let connected = election.map(|election| election.connected_by(config));
        self.election = connected.transpose()?;
        Ok(self)
    }

    fn print_manifests(&self) -> ExitCode {
        let controllers = self.controllers.iter();
        let document = Manifests {
            name: self.name(),
            crds: self.crds(),
            controllers: controllers
                .map(|controller| {
                    let rules: ScopedRules = controller.rules().into_iter().collect();
                    ControllerRules {
                        name: controller.name(),
                        rules: rules.namespaced,
                        cluster_rules: rules.cluster,
                    }
                })
                .collect(),
        };
        match writeln!(io::stdout(), "{}", serde_json::json!(document)) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever asked has stopped listening.
            Err(_) => ExitCode::FAILURE,
        }
    }
}

/// An operator waits more than it computes: several threads would mostly wake each other, at twice the cost. Where
/// reconciles compute for long, `TOKIO_WORKER_THREADS` says how many there are.
fn runtime() -> io::Result<Runtime> {
    let mut runtime = Builder::new_multi_thread();
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        runtime.worker_threads(1);
    }
    runtime.enable_all().build()
}

async fn config_for(flags: &RunFlags) -> Result<Config, BoxError> {
    match &flags.kubeconfig {
        None => Ok(Config::infer().await?),
        Some(file) => {
            let kubeconfig = Kubeconfig::read_from(file)?;
            Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
        }
    }
}
