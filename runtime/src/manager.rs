//! The operator as a whole: its kinds, its controllers, and the way they start and stop together.

use std::{fmt, io, sync::Arc, time::Duration};

use clap::Args;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{
    Client,
    runtime::events::{Recorder, Reporter},
};
use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::{
    access::Rule,
    clock::Clock,
    controller::Reconcile,
    definition::Definition,
    error::BoxError,
    flags::OwnFlags,
    leader::{Campaign, Contender, LeaderElection, lost, won, writing_while_led},
    ready::Readiness,
    registered::{Prepared, Registered, Site},
    rng::Rng,
    setup::{Parts, Setup},
    watches::WatchesBuilder,
    writer::Writer,
};

/// How long runs under way may take to end, as in controller-runtime (`GracefulShutdownTimeout`).
const GRACE: Duration = Duration::from_secs(30);

/// Why an operator did not start, or stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ManagerError {
    /// Two controllers have the same name.
    #[error(
        "two controllers are called `{0}`; give one of them another name: #[controller(name = \"...\")]"
    )]
    NameTaken(&'static str),
    /// Two controllers keep the status of the same objects, and would overwrite what the other says.
    #[error(
        "the controllers `{0}` and `{1}` both keep the status of {2}; let one controller reconcile it"
    )]
    StatusTaken(&'static str, &'static str, String),
    /// A controller could not be made.
    #[error("cannot make the controller `{controller}`")]
    New {
        /// Its name.
        controller: &'static str,
        /// Why it, or one of its fields, could not be made.
        source: BoxError,
    },
    /// Something was given that no controller is made from.
    #[error(
        "a `{0}` was provided, and no controller asks for one; what is asked for are `Arc` fields, `Setup::shared` and `Setup::flags`"
    )]
    Unused(&'static str),
    /// There is no usable kubeconfig, and no ServiceAccount of a pod either.
    #[error(
        "cannot find a cluster: set KUBECONFIG or --kubeconfig to a kubeconfig, or run in a pod"
    )]
    Config(#[source] BoxError),
    /// The client could not be made from it.
    #[error("cannot make a client for the cluster")]
    Client(#[source] kube::Error),
    /// The health probes cannot be served.
    #[error(
        "cannot serve the health probes on {address}; choose another --health-probe-bind-address"
    )]
    Health {
        /// The address.
        address: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A watch or a controller ended, which none does by itself.
    #[error("a watch or a controller has ended by itself")]
    Lost(#[source] Option<tokio::task::JoinError>),
    /// No replica could lead by this election, or two could.
    #[error("the leader election cannot work like this")]
    Election(#[source] BoxError),
    /// This replica does not lead any more. What it did as leader was ended at once.
    #[error("this replica does not lead any more")]
    LeadLost(#[source] BoxError),
    /// Some runs did not end in time.
    #[error("not all reconciles ended within {} s of the shutdown", GRACE.as_secs())]
    Grace,
}

/// An operator: its kinds and its controllers.
///
/// A project made by `myop init` has a function that returns it, and a `main` of one line:
///
/// ```no_run
/// # mod api { pub fn kinds() -> Vec<k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition> { Vec::new() } }
/// # mod controllers { pub fn register(manager: myop::Manager) -> myop::Manager { manager } }
/// fn main() -> std::process::ExitCode {
///     controllers::register(myop::Manager::new("shop", api::kinds())).main()
/// }
/// ```
pub struct Manager {
    name: &'static str,
    crds: Vec<CustomResourceDefinition>,
    pub(crate) controllers: Vec<Box<dyn Registered>>,
    pub(crate) own_flags: Vec<OwnFlags>,
    pub(crate) parts: Parts,
    concurrency: usize,
    clock: Clock,
    rng: Rng,
    pub(crate) election: Option<LeaderElection>,
}

impl Manager {
    /// An operator of this name with these CRDs, one for each kind and version, and no controller yet.
    ///
    /// The name is the field manager of all that it applies: it must not change once the operator has run.
    pub fn new(name: &'static str, crds: Vec<CustomResourceDefinition>) -> Self {
        Self {
            name,
            crds,
            controllers: Vec::new(),
            own_flags: Vec::new(),
            parts: Parts::default(),
            concurrency: 1,
            clock: Clock::system(),
            rng: Rng::system(),
            election: None,
        }
    }

    /// Adds a controller.
    #[must_use]
    pub fn controller<C: Reconcile>(mut self) -> Self {
        self.controllers.push(Box::new(Definition::<C>::of()));
        self
    }

    /// Adds flags of the author's own to the operator's: a struct with `#[derive(clap::Args)]`.
    ///
    /// [`Setup::flags`](crate::Setup::flags) has what was given for them; where an operator runs without a command line,
    /// as in a test, that is their defaults.
    #[must_use]
    pub fn flags<F: Args + Send + Sync + 'static>(mut self) -> Self {
        self.own_flags.push(OwnFlags::of::<F>());
        self
    }

    /// Gives the controllers this `T`, in place of the one that they would share
    /// ([`Setup::shared`](crate::Setup::shared)), or of the flags that the command line would give. Where none of them asks
    /// for a `T`, the operator does not start.
    ///
    /// ```
    /// # use myop::Manager;
    /// #[derive(clap::Args)]
    /// struct BankFlags {
    ///     /// Where the bank is
    ///     #[arg(long, default_value = "http://127.0.0.1:9000")]
    ///     bank: String,
    /// }
    ///
    /// # fn manager() -> Manager { Manager::new("bank", Vec::new()) }
    /// let in_production = manager().flags::<BankFlags>();
    /// let in_a_test = manager().flags::<BankFlags>().provide(BankFlags { bank: "http://127.0.0.1:1".into() });
    /// ```
    #[must_use]
    pub fn provide<T: Send + Sync + 'static>(mut self, part: T) -> Self {
        self.parts.provide(Arc::new(part));
        self
    }

    /// Sets how many objects each controller reconciles at once; 1 unless set.
    #[must_use]
    pub fn max_concurrent_reconciles(self, concurrency: usize) -> Self {
        Self {
            concurrency: concurrency.max(1),
            ..self
        }
    }

    /// Sets the clock that conditions and leases are dated by. One that stands still renews no lease.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Sets where random numbers come from.
    #[must_use]
    pub fn rng(self, rng: Rng) -> Self {
        Self { rng, ..self }
    }

    /// Lets one replica reconcile at a time. The others fill their caches and wait.
    ///
    /// Nothing is written by a replica that does not lead, whatever it writes with: [`Setup::client`] and
    /// [`Context::undeclared_client`](crate::Context::undeclared_client) refuse to. One that has lost the lease ends all that
    /// it does at once, and the operator ends with [`ManagerError::LeadLost`], to be started anew.
    #[must_use]
    pub fn leader_election(self, election: LeaderElection) -> Self {
        Self {
            election: Some(election),
            ..self
        }
    }

    /// The operator's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The CRDs, one for each kind and version.
    pub fn crds(&self) -> &[CustomResourceDefinition] {
        &self.crds
    }

    /// The rules that all controllers need together, and those of the operator itself.
    pub fn rules(&self) -> Vec<Rule> {
        let own = Rule::new(["events.k8s.io"], ["events"], ["create", "patch"]);
        self.controllers
            .iter()
            .flat_map(|controller| controller.rules())
            .chain([own])
            .collect()
    }

    /// Runs on the cluster of `client` until `shutdown`, then lets the runs under way end.
    ///
    /// Where there is a [leader election](Self::leader_election), the Lease is asked for by this client, too: give one whose
    /// `Config` has no `default_retry`, since a renewal must not wait for the retries of another that failed.
    pub async fn run(
        self,
        client: Client,
        shutdown: CancellationToken,
    ) -> Result<(), ManagerError> {
        self.start(&client, shutdown)?.wait().await
    }

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
        self,
        client: &Client,
        shutdown: CancellationToken,
    ) -> Result<Started, ManagerError> {
        self.check_controllers()?;
        let contender = self
            .election
            .map(|election| election.contender(self.name, client, &self.clock, self.rng))
            .transpose()?;
        let leadership = contender.as_ref().map(Contender::leadership);
        let client = &match &leadership {
            Some(leadership) => writing_while_led(client, leadership),
            None => client.clone(),
        };
        let setup = Setup::new(client.clone(), self.own_flags, self.parts);
        let mut watches = WatchesBuilder::default();
        let mut prepared = Vec::new();
        let mut names = Vec::new();
        for controller in self.controllers {
            names.push(controller.name());
            prepared.push(controller.prepare(&setup, &mut watches)?);
        }
        if let Some(part) = setup.unused() {
            return Err(ManagerError::Unused(part));
        }
        let watches = Arc::new(watches.build());

        let mut tasks = JoinSet::new();
        let mut readiness = Readiness::default();
        for (id, watch) in watches.all() {
            let synced = readiness.expect(*id, watch.kind());
            let watching = watch.clone().start(client.clone(), watches.clone(), synced);
            let shutdown = shutdown.clone();
            tasks.spawn(async move {
                shutdown.run_until_cancelled(watching).await;
            });
        }
        let readiness = Arc::new(readiness);
        let recorder = Recorder::new(client.clone(), Reporter::from(self.name));
        for Prepared { kinds, start } in prepared {
            let site = Site {
                writer: Writer::new(client.clone(), self.name),
                watches: watches.clone(),
                recorder: recorder.clone(),
                clock: self.clock.clone(),
                concurrency: self.concurrency,
            };
            let (readiness, shutdown) = (readiness.clone(), shutdown.clone());
            let leadership = leadership.clone();
            tasks.spawn(async move {
                let turn = async {
                    // Its queue is full before its first turn: what was there at the start is taken in order.
                    readiness.wait_for(&kinds).await;
                    won(leadership).await;
                };
                if shutdown.run_until_cancelled(turn).await.is_some() {
                    start(site, shutdown).await;
                }
            });
        }
        info!(
            operator = self.name,
            controllers = names.join(", "),
            "started"
        );
        Ok(Started {
            tasks,
            readiness,
            shutdown,
            campaign: contender.map(Contender::run),
        })
    }
}

impl fmt::Debug for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manager")
            .field("name", &self.name)
            .field(
                "controllers",
                &self
                    .controllers
                    .iter()
                    .map(|controller| controller.name())
                    .collect::<Vec<_>>(),
            )
            .finish_non_exhaustive()
    }
}

/// A running operator.
pub(crate) struct Started {
    tasks: JoinSet<()>,
    pub(crate) readiness: Arc<Readiness>,
    shutdown: CancellationToken,
    campaign: Option<Campaign>,
}

impl Started {
    pub(crate) async fn wait(mut self) -> Result<(), ManagerError> {
        let mut campaign = self.campaign.take();
        let ended = tokio::select! {
            biased;
            lost = lost(campaign.as_mut()) => Err(ManagerError::LeadLost(lost.into())),
            ended = self.work() => ended,
        };
        // What still works goes with `self`.
        self.shutdown.cancel();
        ended?;
        if let Some(campaign) = campaign {
            campaign.end().await;
        }
        info!("stopped");
        Ok(())
    }

    /// Works until the shutdown, and until what is under way then has ended.
    async fn work(&mut self) -> Result<(), ManagerError> {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => {}
            Some(ended) = self.tasks.join_next() => return Err(ManagerError::Lost(ended.err())),
        }
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(GRACE, drained)
            .await
            .map_err(|_| ManagerError::Grace)
    }
}
