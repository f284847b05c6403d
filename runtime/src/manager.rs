//! The operator as a whole: its kinds, its controllers, and the way they start and stop together.

use std::{fmt, future::pending, io, sync::Arc, time::Duration};

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
    leader::{Campaign, Contender, LeaderElection, Lost, writing_while_led},
    metrics::{MetricError, Metrics, ServeError},
    object::Object,
    patience::patient,
    ready::Readiness,
    record::{Followers, RunRecord},
    registered::{Prepared, Registered, Site},
    resync::{Resync, SYNC_PERIOD},
    rng::Rng,
    sends::{client_by, sending_by},
    setup::{Parts, Setup},
    watches::WatchesBuilder,
    writer::Writer,
};

/// How long runs under way may take to end, as in controller-runtime (`GracefulShutdownTimeout`).
const GRACE: Duration = Duration::from_secs(30);

/// As in controller-runtime (`CacheSyncTimeout`).
const CACHE_SYNC_TIMEOUT: Duration = Duration::from_secs(120);

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
    /// Metrics cannot be served.
    #[error(transparent)]
    Metrics(#[from] ServeError),
    /// A metric of the author's own could not be made.
    #[error("cannot make a metric")]
    Metric(#[source] MetricError),
    /// A metric counts objects that the operator does not know.
    #[error(
        "the metric `{metric}` counts objects of kind {kind}, which no controller watches; declare `reads({kind})` in a #[controller(...)]"
    )]
    NotCounted {
        /// The metric.
        metric: &'static str,
        /// The kind.
        kind: String,
    },
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
    /// What is watched could not be listed in time.
    #[error(
        "there is no list of {kinds} after {} s: is the CRD installed, and may the operator list and watch it? The log says why", timeout.as_secs()
    )]
    CacheSync {
        /// The kinds whose caches are empty.
        kinds: String,
        /// How long was waited for them.
        timeout: Duration,
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
    pub(crate) metrics: Metrics,
    metric_error: Option<MetricError>,
    concurrency: usize,
    sync_period: Duration,
    cache_sync_timeout: Duration,
    clock: Clock,
    followers: Followers,
    rng: Rng,
    pub(crate) election: Option<LeaderElection>,
    /// That of the API server, where it is known.
    pub(crate) host: Option<String>,
    /// Where the Lease is asked for: by the client of everything else, unless there is one.
    pub(crate) lease_client: Option<Client>,
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
            metrics: Metrics::new(),
            metric_error: None,
            concurrency: 1,
            sync_period: SYNC_PERIOD,
            cache_sync_timeout: CACHE_SYNC_TIMEOUT,
            clock: Clock::system(),
            followers: Followers::default(),
            rng: Rng::system(),
            election: None,
            host: None,
            lease_client: None,
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

    /// Adds a metric: how many objects of kind `K` there are, by the label values that `values` reads from each.
    ///
    /// They are counted in the cache whenever metrics are asked for, so a controller must reconcile, own, watch or read the
    /// kind. What is deleted is not counted any more; label values that were seen once stay, with 0. Where `values` panics,
    /// the object is not counted. All other metrics are made by [`Metrics`].
    ///
    /// ```
    /// # use k8s_openapi::api::core::v1::Pod;
    /// fn phase_of(pod: &Pod) -> [String; 1] {
    ///     let phase = pod.status.as_ref().and_then(|status| status.phase.clone());
    ///     [phase.unwrap_or_default()]
    /// }
    ///
    /// let manager = myop::Manager::new("shop", Vec::new())
    ///     .count_objects("shop_pods", "Pods by phase.", ["phase"], phase_of);
    /// ```
    #[must_use]
    pub fn count_objects<K: Object, V: Into<String>, const N: usize>(
        mut self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        values: impl Fn(&K) -> [V; N] + Send + Sync + 'static,
    ) -> Self {
        let values = move |object: &K| values(object).map(Into::into);
        let added = self.metrics.objects(name, help, labels, values);
        self.metric_error = self.metric_error.or(added.err());
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

    /// Sets after which time each object is reconciled again without a cause, a tenth sooner or later; 10 hours unless set,
    /// as in controller-runtime, and never where it is [`Duration::MAX`]. What has to be looked at more often asks for it
    /// by [`Outcome::requeue_after`](crate::Outcome::requeue_after).
    #[must_use]
    pub fn sync_period(self, period: Duration) -> Self {
        Self {
            sync_period: period.max(Duration::from_millis(1)),
            ..self
        }
    }

    /// Sets how long the first lists of all that is watched may take before the operator ends with
    /// [`ManagerError::CacheSync`]; 2 minutes unless set, as in controller-runtime.
    #[must_use]
    pub fn cache_sync_timeout(self, timeout: Duration) -> Self {
        Self {
            cache_sync_timeout: timeout,
            ..self
        }
    }

    /// Sets the clock that conditions and leases are dated by. One that stands still renews no lease.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Tells `follower` of every run, once it has ended: why it ran, what it read and wrote, and how it ended.
    ///
    /// It is called where the run was, so it must be quick; what takes long goes through a channel.
    #[must_use]
    pub fn on_run(mut self, follower: impl Fn(&RunRecord) + Send + Sync + 'static) -> Self {
        self.followers.add(follower);
        self
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
    /// The client is best made with [`default_retry`](kube::Config::default_retry) off, as `main` and the test kit make
    /// it: the queue and the watches back off themselves, and repeat what the API server asks to have repeated.
    /// That holds for the Lease of a [leader election](Self::leader_election), too, which is asked for by the same client.
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
        mut self,
        client: &Client,
        shutdown: CancellationToken,
    ) -> Result<Started, ManagerError> {
        self.check_controllers()?;
        if let Some(error) = self.metric_error.take() {
            return Err(ManagerError::Metric(error));
        }
        let contender = self.contender(client)?;
        let leadership = contender
            .as_ref()
            .map(|contender| contender.leadership.clone());
        let metrics = self.metrics;
        let counted = metrics.counting(sending_by(client), self.host.as_deref());
        let led = writing_while_led(counted, leadership.clone());
        let client = &client_by(patient(led), client);
        if let Some(leadership) = &leadership {
            metrics.show(leadership);
        }
        let setup = Setup::new(client.clone(), metrics.clone(), self.own_flags, self.parts);
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
        metrics
            .use_caches(&watches)
            .map_err(|(metric, kind)| ManagerError::NotCounted { metric, kind })?;

        let mut tasks = JoinSet::new();
        let mut readiness = Readiness::default();
        for (id, watch) in watches.all() {
            let standing = readiness.expect(*id, watch.kind());
            let watching = watch
                .clone()
                .start(client.clone(), watches.clone(), standing);
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
                followers: self.followers.clone(),
                resync: Resync {
                    period: self.sync_period,
                    rng: self.rng.clone(),
                },
                clock: self.clock.clone(),
                concurrency: self.concurrency,
            };
            let (readiness, shutdown) = (readiness.clone(), shutdown.clone());
            let leadership = leadership.clone();
            tasks.spawn(async move {
                let turn = async {
                    // Its queue is full before its first turn: what was there at the start is taken in order.
                    readiness.wait_for(&kinds).await;
                    if let Some(leadership) = leadership {
                        leadership.won().await;
                    }
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
            cache_sync_timeout: self.cache_sync_timeout,
            tasks,
            readiness,
            metrics,
            shutdown,
            campaign: contender.map(Contender::run),
        })
    }

    fn contender(&mut self, client: &Client) -> Result<Option<Contender>, ManagerError> {
        let lease_client = self.lease_client.take().unwrap_or(client.clone());
        let counted = self
            .metrics
            .counting(sending_by(&lease_client), self.host.as_deref());
        let lease_client = client_by(counted, &lease_client);
        let contender = self.election.take().map(|election| {
            election.contender(
                self.name,
                lease_client,
                self.clock.clone(),
                self.rng.clone(),
            )
        });
        let contender = contender.transpose();
        contender.map_err(|error| ManagerError::Election(error.into()))
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
    cache_sync_timeout: Duration,
    tasks: JoinSet<()>,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) metrics: Metrics,
    shutdown: CancellationToken,
    campaign: Option<Campaign>,
}

impl Started {
    pub(crate) async fn wait(mut self) -> Result<(), ManagerError> {
        let mut campaign = self.campaign.take();
        let ended = tokio::select! {
            biased;
            lost = lost(&mut campaign) => Err(ManagerError::LeadLost(lost.into())),
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
            error = unsynced(&self.readiness, self.cache_sync_timeout) => return Err(error),
            Some(ended) = self.tasks.join_next() => return Err(ManagerError::Lost(ended.err())),
        }
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(GRACE, drained)
            .await
            .map_err(|_| ManagerError::Grace)
    }
}

/// Waits until the caches have been empty for too long.
async fn unsynced(readiness: &Readiness, timeout: Duration) -> ManagerError {
    if tokio::time::timeout(timeout, readiness.wait())
        .await
        .is_ok()
    {
        return pending().await;
    }
    ManagerError::CacheSync {
        kinds: readiness.missing().join(", "),
        timeout,
    }
}

async fn lost(campaign: &mut Option<Campaign>) -> Lost {
    match campaign {
        Some(campaign) => campaign.lost().await,
        None => pending().await,
    }
}
