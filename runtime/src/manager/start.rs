//! How an operator starts: its controllers are made, everything they touch is watched, and each begins once its caches are
//! full and this replica leads.

use std::{any::TypeId, collections::BTreeSet, mem::take, sync::Arc};

use kube::Client;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{Manager, ManagerError, started::Started};
use crate::{
    leader::{Contender, LeaderElection, Leadership, won, writing_while_led},
    patience::patient,
    ready::Readiness,
    recorder::Recorder,
    registered::{Prepared, Site},
    resync::Resync,
    sends::{client_by, sending_by},
    setup::Setup,
    watches::{Watches, WatchesBuilder},
    writer::Writer,
};

impl Manager {
    fn check_controllers(&self) -> Result<(), ManagerError> {
        for (number, one) in self.controllers.iter().enumerate() {
            for other in &self.controllers[..number] {
                if one.name() == other.name() {
                    return Err(ManagerError::NameTaken(one.name()));
                }
                let kept = one.keeps_status_of();
                if let Some(kind) =
                    kept.filter(|kind| other.keeps_status_of().as_ref() == Some(kind))
                {
                    return Err(ManagerError::StatusTaken(other.name(), one.name(), kind));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn start(
        mut self,
        client: &Client,
        shutdown: CancellationToken,
    ) -> Result<Started, ManagerError> {
        self.check()?;
        let elect = |election: LeaderElection| {
            election.contender(
                self.name,
                client,
                &self.metrics,
                &self.clock,
                self.rng.clone(),
            )
        };
        let contender = self.election.take().map(elect).transpose()?;
        let leadership = contender.as_ref().map(Contender::leadership);
        let client = self.client_by(client, leadership.as_ref());
        let (watches, prepared) = self.prepare(&client)?;

        if leadership.is_some() {
            for controller in &prepared {
                controller.queue.close();
            }
        }
        let mut tasks = JoinSet::new();
        let readiness = Arc::new(watch(&watches, &client, &shutdown, &mut tasks));
        let site = Site {
            writer: Writer::new(client.clone(), self.name),
            watches,
            recorder: Recorder::new(client, self.name, self.clock.clone()),
            followers: self.followers,
            resync: Resync {
                period: self.sync_period,
                rng: self.rng,
            },
            clock: self.clock,
            concurrency: self.concurrency,
        };
        for controller in prepared {
            let turn = turn_of(controller.kinds, readiness.clone(), leadership.clone());
            let (site, shutdown) = (site.clone(), shutdown.clone());
            tasks.spawn(async move {
                if shutdown.run_until_cancelled(turn).await.is_some() {
                    (controller.start)(site, shutdown).await;
                }
            });
        }
        Ok(Started {
            cache_sync_timeout: self.cache_sync_timeout,
            tasks,
            readiness,
            metrics: self.metrics,
            shutdown,
            campaign: contender.map(Contender::run),
        })
    }

    /// What of its own contradicts itself.
    fn check(&mut self) -> Result<(), ManagerError> {
        self.check_controllers()?;
        if let Some(error) = self.metric_error.take() {
            return Err(ManagerError::Metric(error));
        }
        self.namespaces.check().map_err(ManagerError::Namespaces)
    }

    /// The client of all that the operator does.
    fn client_by(&self, client: &Client, leadership: Option<&Leadership>) -> Client {
        if let Some(leadership) = leadership {
            self.metrics.show(leadership);
        }
        let counted = self.metrics.counting(sending_by(client));
        let led = writing_while_led(counted, leadership.cloned());
        client_by(patient(led), client)
    }

    /// Makes the controllers, and has watched what they touch.
    fn prepare(&mut self, client: &Client) -> Result<(Arc<Watches>, Vec<Prepared>), ManagerError> {
        let (flags, parts) = (take(&mut self.own_flags), take(&mut self.parts));
        let setup = Setup::new(client.clone(), self.metrics.clone(), flags, parts);
        let names: Vec<_> = self.namespaces.names().collect();
        let where_ = names.join(", ");
        let (namespaces, options) = (take(&mut self.namespaces), take(&mut self.cache_options));
        let mut watches = WatchesBuilder::new(namespaces, options);
        let (mut prepared, mut names) = (Vec::new(), Vec::new());
        for controller in take(&mut self.controllers) {
            names.push(controller.name());
            prepared.push(controller.prepare(&setup, &mut watches)?);
        }
        if let Some(part) = setup.unused() {
            return Err(ManagerError::Unused(part));
        }
        let watches = Arc::new(watches.build()?);
        self.metrics
            .use_caches(&watches)
            .map_err(|(metric, kind)| ManagerError::NotCounted { metric, kind })?;
        let controllers = names.join(", ");
        let namespaces = if where_.is_empty() { "all" } else { &where_ };
        info!(operator = self.name, controllers, namespaces, "starting");
        Ok((watches, prepared))
    }
}

/// Begins to watch, until the shutdown.
fn watch(
    watches: &Arc<Watches>,
    client: &Client,
    shutdown: &CancellationToken,
    tasks: &mut JoinSet<()>,
) -> Readiness {
    let mut readiness = Readiness::default();
    for (id, watch) in watches.all() {
        let standings = watch.standings();
        readiness.expect(*id, standings.iter().map(|(_, standing)| standing.clone()));
        let watching = watch
            .clone()
            .start(client.clone(), watches.clone(), standings);
        let shutdown = shutdown.clone();
        tasks.spawn(async move {
            shutdown.run_until_cancelled(watching).await;
        });
    }
    readiness
}

/// A controller's queue is full before its first turn, so what was there at the start is taken in order; and it waits until
/// this replica leads.
async fn turn_of(
    kinds: BTreeSet<TypeId>,
    readiness: Arc<Readiness>,
    leadership: Option<Leadership>,
) {
    readiness.wait_for(&kinds).await;
    won(leadership).await;
}
