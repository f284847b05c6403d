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
    cache_options::{CacheOptions, OptionsByKind},
    clock::Clock,
    controller::Reconcile,
    definition::Definition,
    error::BoxError,
    flags::OwnFlags,
    namespaces::{Namespaces, WrongNamespace},
    object::Object,
    ready::Readiness,
    registered::{Prepared, Registered, Site},
    selector::WrongSelector,
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
    /// A predicate of a controller has a selector that is none.
    #[error("the controller `{controller}` cannot tell which changes matter")]
    Predicate {
        /// Its name.
        controller: &'static str,
        /// What is wrong.
        source: WrongSelector,
    },
    /// The options for the cache of a kind have a selector that is none.
    #[error("cannot tell which objects of kind {kind} to keep in the cache")]
    CacheOptions {
        /// The kind.
        kind: String,
        /// What is wrong.
        source: WrongSelector,
    },
    /// There are options for the cache of a kind that has none.
    #[error(
        "there are cache options for {0}, and no controller reconciles, owns, watches or reads that kind"
    )]
    UnusedCacheOptions(String),
    /// A namespace that is to be watched has a name that none has.
    #[error("cannot watch the namespaces that the operator is limited to")]
    Namespaces(#[source] WrongNamespace),
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
            concurrency: 1,
            clock: Clock::system(),
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

    /// Sets how many objects each controller reconciles at once; 1 unless set.
    #[must_use]
    pub fn max_concurrent_reconciles(self, concurrency: usize) -> Self {
        Self {
            concurrency: concurrency.max(1),
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

    /// Sets the clock that conditions are dated by.
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
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
        let setup = Setup::new(client.clone(), self.own_flags, self.parts);
        self.namespaces.check().map_err(ManagerError::Namespaces)?;
        let mut watches = WatchesBuilder::new(self.namespaces, self.cache_options);
        let mut prepared = Vec::new();
        let mut names = Vec::new();
        for controller in self.controllers {
            names.push(controller.name());
            prepared.push(controller.prepare(&setup, &mut watches)?);
        }
        if let Some(part) = setup.unused() {
            return Err(ManagerError::Unused(part));
        }
        let watches = Arc::new(watches.build()?);

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
            tasks.spawn(async move {
                // Its queue is full before its first turn: what was there at the start is taken in order.
                if shutdown
                    .run_until_cancelled(readiness.wait_for(&kinds))
                    .await
                    .is_some()
                {
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
}

impl Started {
    pub(crate) async fn wait(mut self) -> Result<(), ManagerError> {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => {}
            Some(ended) = self.tasks.join_next() => {
                self.shutdown.cancel();
                return Err(ManagerError::Lost(ended.err()));
            }
        }
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        tokio::time::timeout(GRACE, drained)
            .await
            .map_err(|_| ManagerError::Grace)?;
        info!("stopped");
        Ok(())
    }
}
