//! A control plane for an operator's own tests.
//!
//! [`#[myop::test]`](macro@crate::test) gives a test a [`Cluster`] of its own: an API server in the test's own process,
//! for which nothing has to be installed. Where `KUBEBUILDER_ASSETS` names a folder with etcd and kube-apiserver these are
//! started, and where `USE_EXISTING_CLUSTER` is `true` it is the cluster of the current kubeconfig.
//!
//! ```no_run
//! use k8s_openapi::api::core::v1::Namespace;
//! use kube::Api;
//! use myop::testing::{Cluster, Result};
//!
//! #[myop::test]
//! async fn there_is_a_default_namespace(cluster: Cluster) -> Result {
//!     let namespaces: Api<Namespace> = cluster.all();
//!     namespaces.get("default").await?;
//!     Ok(())
//! }
//! ```
//!
//! [`Cluster::run`] runs an operator on it as its own ServiceAccount, with the rules that its declarations give it: a
//! missing rule fails the test as it would fail in production. [`Cluster::until`] waits by watching.
//!
//! [`check_config`] holds what `myop manifests` wrote from the sources against the program itself.
//!
//! What can go wrong with the API server does where a test wants it: [`Cluster::faults`] spoils requests and cuts watches,
//! [`Cluster::restart_api_server`] kills it. In a `#[myop::test(embedded)]`, [`Cluster::compact`] makes it forget its
//! history, and [`Cluster::lag`] makes its watches fall behind.
//!
//! On an existing cluster one test runs at a time, and in the end just that is removed which the test and its operators
//! have made: objects that [`Cluster::client`] or an operator created, the rules, and the CRDs that were not there. A CRD that
//! was there is used and left where it is this operator's; where it says something else, the test fails and changes nothing.
//! An operator reconciles what it finds, as everywhere: objects of its kinds that were there before, too.

mod assets;
mod certificates;
mod cluster;
mod config;
mod embedded;
mod faults;
mod footprint;
mod installation;
mod operator;
mod plane;
mod process;
mod requests;

use std::{
    fmt,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use tracing::Level;
use tracing_subscriber::{Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{error::chain, logs::of_operator};
use plane::Kind;

pub use assets::Stop;
pub use cluster::{Cluster, is_ready};
pub use config::check_config;
pub use faults::{Cut, Fault, Faults, Request};
pub use operator::Operator;

/// How long a cluster may take for what it does by itself.
const SETTLE: Duration = Duration::from_secs(30);

/// What a test returns: any error fails it.
pub type Result<T = (), E = crate::BoxError> = std::result::Result<T, E>;

/// What a test needs besides an API server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The built-in controllers: garbage collection, Deployments and their Pods, disruption budgets.
    pub controllers: bool,
    /// The embedded API server, whatever the environment says: it does what others can't be told to.
    pub embedded: bool,
}

impl Needs {
    /// An API server alone: nothing reconciles behind the test's back.
    pub const API_SERVER: Self = Self {
        controllers: false,
        embedded: false,
    };
    /// An API server and kube-controller-manager.
    pub const CONTROLLERS: Self = Self {
        controllers: true,
        ..Self::API_SERVER
    };
}

/// Held by a test on an existing cluster: two would install and remove the same things at the same time.
static ALONE: Mutex<()> = Mutex::new(());

/// Runs `test` on a control plane, and ends that with it. [`#[myop::test]`](macro@crate::test) calls this.
///
/// # Panics
///
/// Where the control plane does not start, or the test returns an error.
pub fn run<F>(needs: Needs, test: impl FnOnce(Cluster) -> F) -> Result
where
    F: Future<Output = Result>,
{
    show_logs();
    let kind = Kind::of(needs);
    let _alone =
        (kind == Kind::Existing).then(|| ALONE.lock().unwrap_or_else(PoisonError::into_inner));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (cluster, control_plane) = cluster::start(kind, needs).await?;
        let result = AssertUnwindSafe(test(cluster.clone())).catch_unwind().await;
        control_plane.stop(&cluster).await?;
        let result = result.unwrap_or_else(|panic| resume_unwind(panic));
        result.map_err(|error| Report(chain(&*error)).into())
    })
}

/// libtest shows an error as Rust would; this one is for people.
struct Report(String);

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Report {}

/// libtest shows them where a test fails.
fn show_logs() {
    let filter = of_operator(Level::INFO);
    let layer = tracing_subscriber::fmt::layer()
        .with_test_writer()
        .with_ansi(false);
    // Another test of this process may have done it.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
}
