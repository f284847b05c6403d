//! Why an operator did not start, or stopped.

use std::{io, time::Duration};

use thiserror::Error;

use super::started::GRACE;
use crate::{
    error::BoxError,
    metrics::{MetricError, ServeError},
    namespaces::WrongNamespace,
    selector::WrongSelector,
};

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
        "the controllers `{0}` and `{1}` both keep the status of {2}; let one of them leave it to the other: `reconciles(..., status = false)`"
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
