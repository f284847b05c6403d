//! The operator as a whole: its kinds, its controllers, and what it is told about itself.

mod error;
mod start;
mod started;

use std::{fmt, sync::Arc, time::Duration};

use clap::Args;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use tokio_util::sync::CancellationToken;

pub use self::error::ManagerError;
use crate::{
    access::Rule,
    cache_options::{CacheOptions, OptionsByKind},
    clock::Clock,
    controller::Reconcile,
    definition::Definition,
    flags::OwnFlags,
    leader::LeaderElection,
    metrics::{MetricError, Metrics},
    namespaces::Namespaces,
    object::Object,
    record::{Followers, RunRecord},
    registered::Registered,
    resync::SYNC_PERIOD,
    rng::Rng,
    setup::Parts,
};

/// As in controller-runtime (`CacheSyncTimeout`).
const CACHE_SYNC_TIMEOUT: Duration = Duration::from_secs(120);

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
    pub(crate) namespaces: Namespaces,
    cache_options: OptionsByKind,
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
            namespaces: Namespaces::default(),
            cache_options: OptionsByKind::default(),
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

    /// Watches these namespaces and no others; all of them where none is named, or where this is not called. The flag
    /// `--watch-namespace` and the variable `WATCH_NAMESPACE` say otherwise.
    ///
    /// Objects elsewhere are not there for the operator, and it applies none there. What is in no namespace is watched all
    /// the same. In these namespaces the operator's rules may be those of Roles: see `myop init --namespaced`.
    #[must_use]
    pub fn watch_namespaces<N: Into<String>>(self, names: impl IntoIterator<Item = N>) -> Self {
        self.limited_to(Namespaces::of(names))
    }

    pub(crate) fn limited_to(self, namespaces: Namespaces) -> Self {
        Self { namespaces, ..self }
    }

    /// Sets which objects of a kind are watched and what of them the cache keeps, for all controllers. Options that were set
    /// for the kind before are replaced.
    #[must_use]
    pub fn cache_options<K: Object>(mut self, options: CacheOptions<K>) -> Self {
        self.cache_options.set(options);
        self
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
    /// Nothing is written by a replica that does not lead, whatever it writes with: [`Setup::client`](crate::Setup::client) and
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
