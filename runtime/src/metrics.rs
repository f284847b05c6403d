//! What an operator counts and measures, as Prometheus reads it from `/metrics`.
//!
//! The runtime's own metrics have the names, types, labels and buckets of controller-runtime, so that dashboards for it
//! work; `myop_*` are what that has not. An author adds others, a line each: [`Metrics`] makes [`Counter`]s, [`Gauge`]s and
//! [`Histogram`]s, and [`Manager::count_objects`](crate::Manager::count_objects) counts in the cache. docs/metrics.md lists
//! them all. Webhooks have no metrics, as there are none yet.
//!
//! ```
//! use myop::{BoxError, FromSetup, Setup, metrics::Counter};
//!
//! struct BankMetrics {
//!     transfers: Counter<2>,
//! }
//!
//! impl FromSetup for BankMetrics {
//!     fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
//!         let transfers = setup.metrics().counter("bank_transfers_total", "Transfers.", ["currency", "result"])?;
//!         Ok(BankMetrics { transfers })
//!     }
//! }
//!
//! fn count(metrics: &BankMetrics) {
//!     metrics.transfers.inc(["EUR", "refused"]);
//! }
//! ```
//!
//! A label's values should be few and known: kinds, phases, results. A name of an object, or its namespace, is none of
//! them: each object would be a series of its own in Prometheus for as long as it keeps data, also when it is long gone.
//! What is to be known of a single object stands in its status and its events.
//!
//! # The parts
//!
//! A `registry` has the metrics by their names, each a `series` by its labels or read when it is asked for, and writes them
//! as `text`. `controllers`, `queues`, `outcomes` with `progress`, `requests` and `process` are what the runtime measures,
//! `objects` counts in the caches. The `server` serves them as the `flags` say, with a `certificate`, to those `callers` whom
//! the API server allows it.

mod callers;
mod certificate;
mod controllers;
mod flags;
mod objects;
mod outcomes;
mod process;
mod progress;
mod queues;
mod registry;
mod requests;
mod series;
mod server;
mod text;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

pub use registry::MetricError;
pub use series::{Counter, Gauge, Histogram};

pub use server::ServeError;

pub(crate) use controllers::ControllerMetrics;
pub(crate) use flags::MetricsFlags;
pub(crate) use progress::Progress;
pub(crate) use server::Endpoint;

use self::{
    certificate::Reads,
    controllers::Controllers,
    objects::Counted,
    registry::Registry,
    text::{Sample, Type},
};
use crate::{
    leader::Leadership, object::Object, sends::Sends, watches::Watches, workqueue::WorkQueue,
};

/// The metrics of one operator. Clones are the same metrics.
///
/// A metric of a name that is there already is refused, as is a name that Prometheus would refuse: see [`MetricError`].
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    controllers: Controllers,
    requests: Counter<3>,
    /// That of the API server, where it is known.
    host: Option<String>,
    leaderships: Arc<Mutex<Vec<Leadership>>>,
    certificate_reads: Reads,
    caches: Arc<OnceLock<Arc<Watches>>>,
    counted: Arc<Mutex<Vec<Counted>>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self::of_runtime().expect("each name is given once, and is right")
    }

    fn of_runtime() -> Result<Self, MetricError> {
        let registry = Registry::default();
        process::register(&registry)?;
        Ok(Self {
            controllers: Controllers::new(&registry)?,
            requests: registry.counter(
                "rest_client_requests_total",
                "Requests to the API server, by the status of the answer, `<error>` where there was none.",
                ["code", "method", "host"],
            )?,
            host: None,
            leaderships: leaderships(&registry)?,
            certificate_reads: Reads {
                all: registry.counter(
                    "certwatcher_read_certificate_total",
                    "How often the certificate for metrics was read from its files.",
                    [],
                )?,
                failed: registry.counter(
                    "certwatcher_read_certificate_errors_total",
                    "How often that failed.",
                    [],
                )?,
            },
            caches: Arc::default(),
            counted: Arc::default(),
            registry,
        })
    }

    /// Adds a number that only grows; its name ends in `_total`.
    pub fn counter<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Result<Counter<N>, MetricError> {
        self.registry.counter(name, help, labels)
    }

    /// Adds a number that goes up and down.
    pub fn gauge<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Result<Gauge<N>, MetricError> {
        self.registry.gauge(name, help, labels)
    }

    /// Adds durations, counted by these upper bounds in seconds, which rise.
    pub fn histogram<const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        bounds: &[f64],
    ) -> Result<Histogram<N>, MetricError> {
        self.registry.histogram(name, help, labels, bounds)
    }

    /// Adds how many objects of kind `K` are in the cache.
    pub(crate) fn objects<K: Object, const N: usize>(
        &self,
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        values: impl Fn(&K) -> [String; N] + Send + Sync + 'static,
    ) -> Result<(), MetricError> {
        let family = (name, help, labels);
        let counted = objects::register(&self.registry, &self.caches, family, values)?;
        self.counted().push(counted);
        Ok(())
    }

    /// The page that `/metrics` shows.
    pub(crate) fn page(&self) -> String {
        self.registry.page()
    }

    /// The metrics of a controller with this queue.
    pub(crate) fn of_controller(
        &self,
        name: &'static str,
        queue: Arc<WorkQueue>,
    ) -> ControllerMetrics {
        ControllerMetrics::new(&self.controllers, name, queue)
    }

    /// Says where the API server is.
    pub(crate) fn know_host(&mut self, host: Option<String>) {
        self.host = host;
    }

    /// Counts what is sent.
    pub(crate) fn counting<S: Sends>(&self, sends: S) -> impl Sends + use<S> {
        requests::counting(sends, self.requests.clone(), self.host.as_deref())
    }

    /// Shows whether this process leads.
    pub(crate) fn show(&self, leadership: &Leadership) {
        let mut all = self
            .leaderships
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.push(leadership.clone());
    }

    /// Gives the caches to those who count objects. Returns the metric and the kind of one that counts what is not watched.
    pub(crate) fn use_caches(&self, watches: &Arc<Watches>) -> Result<(), (&'static str, String)> {
        let counted = self.counted();
        if let Some(counted) = counted.iter().find(|counted| !watches.has(counted.id)) {
            return Err((counted.metric, counted.kind.clone()));
        }
        // One operator starts once.
        let _ = self.caches.set(watches.clone());
        Ok(())
    }

    fn counted(&self) -> MutexGuard<'_, Vec<Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this process holds each lease is asked when metrics are.
fn leaderships(registry: &Registry) -> Result<Arc<Mutex<Vec<Leadership>>>, MetricError> {
    let all: Arc<Mutex<Vec<Leadership>>> = Arc::default();
    let shown = all.clone();
    let sample = |leadership: &Leadership| {
        let held = f64::from(u8::from(leadership.is_held()));
        Sample::new("", vec![("name", leadership.lease().to_owned())], held)
    };
    registry.read(
        "leader_election_master_status",
        "Whether this process holds the lease of this name: 1 or 0.",
        Type::Gauge,
        move || {
            let all = shown.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter().map(sample).collect()
        },
    )?;
    Ok(all)
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Metrics").field(&self.registry).finish()
    }
}
