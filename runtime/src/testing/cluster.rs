//! The control plane as a test sees it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures::StreamExt;
use k8s_openapi::NamespaceResourceScope;
use kube::{Api, Client, Config, core::object::HasStatus, runtime::watcher::watch_object};
use myop_controlplane::InProcess;
use tokio_util::task::TaskTracker;

use super::{
    Faults, Needs, Operator, Result,
    assets::{Stop, http_get},
    footprint::Footprint,
    installation::{Host, Installation},
    operator,
    plane::{ControlPlane, Kind},
    requests::count_writes,
};
use crate::{Manager, Object, Status, condition::READY};

const DEADLINE: Duration = Duration::from_secs(30);

/// A cluster for one test.
#[derive(Clone, Debug)]
pub struct Cluster {
    connection: Arc<Connection>,
}

struct Connection {
    client: Client,
    config: Config,
    kubeconfig: Option<PathBuf>,
    audit_log: Option<PathBuf>,
    faults: Faults,
    /// None where the cluster was there before.
    control_plane: Option<Arc<tokio::sync::Mutex<ControlPlane>>>,
    /// What is to be removed, where the cluster was there before.
    footprint: Option<Footprint>,
    operators: TaskTracker,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("server", &self.config.cluster_url)
            .finish_non_exhaustive()
    }
}

/// What ends with the test.
pub(super) enum Running {
    Own(Arc<tokio::sync::Mutex<ControlPlane>>),
    Existing(Footprint),
}

impl Running {
    /// A cluster that was there before is left as it was.
    pub(super) async fn stop(self, cluster: &Cluster) -> Result {
        match self {
            Running::Own(plane) => plane.lock().await.stop().await,
            Running::Existing(footprint) => {
                let operators = &cluster.connection.operators;
                operators.close();
                // One that the test has not let go of goes on.
                let _ = tokio::time::timeout(DEADLINE, operators.wait()).await;
                footprint.remove(&cluster.client()).await
            }
        }
    }
}

pub(super) async fn start(kind: Kind, needs: Needs) -> Result<(Cluster, Running)> {
    let (config, kubeconfig, audit_log, running) = if kind == Kind::Existing {
        let running = Running::Existing(Footprint::default());
        (Config::infer().await?, None, None, running)
    } else {
        let plane = ControlPlane::start(kind, needs).await?;
        (
            plane.config().await?,
            Some(plane.kubeconfig()),
            Some(plane.audit_log()),
            Running::Own(Arc::new(tokio::sync::Mutex::new(plane))),
        )
    };
    let client = Client::try_from(config.clone())?;
    let (client, control_plane, footprint) = match &running {
        Running::Own(plane) => (client, Some(plane.clone()), None),
        Running::Existing(footprint) => (footprint.between(client), None, Some(footprint.clone())),
    };
    let connection = Connection {
        client,
        config,
        kubeconfig,
        audit_log,
        faults: Faults::default(),
        control_plane,
        footprint,
        operators: TaskTracker::new(),
    };
    Ok((
        Cluster {
            connection: Arc::new(connection),
        },
        running,
    ))
}

impl Cluster {
    /// A client with all rights.
    pub fn client(&self) -> Client {
        self.connection.client.clone()
    }

    /// The kubeconfig of a control plane that was started for this test, for kubectl.
    pub fn kubeconfig(&self) -> Option<&Path> {
        self.connection.kubeconfig.as_deref()
    }

    /// What a control plane that was started for this test was asked to write, by whom and when: an Event of
    /// `audit.k8s.io/v1` a line, as JSON, once it is answered.
    pub fn audit_log(&self) -> Option<&Path> {
        self.connection.audit_log.as_deref()
    }

    /// What goes wrong between the operators that [run](Self::run) here and the API server.
    pub fn faults(&self) -> Faults {
        self.connection.faults.clone()
    }

    /// The objects of a kind in one namespace.
    pub fn namespaced<K>(&self, namespace: &str) -> Api<K>
    where
        K: Object + kube::Resource<Scope = NamespaceResourceScope>,
    {
        Api::namespaced(self.client(), namespace)
    }

    /// The objects of a kind in all namespaces, or of a cluster-scoped kind.
    pub fn all<K: Object>(&self) -> Api<K> {
        Api::all(self.client())
    }

    /// Runs an operator: its CRDs and its rules are installed, and it runs as its own ServiceAccount, with no more
    /// rights than its declarations give it. Where it elects a leader, and another replica of it runs already, it waits.
    pub async fn run(&self, manager: Manager) -> Result<Operator> {
        let connection = &*self.connection;
        let host = match &connection.footprint {
            None => Host::Test,
            Some(_) => Host::SomebodyElse,
        };
        let installation = Installation::of(&self.client(), &manager, host).await?;
        let place = operator::Place {
            config: &connection.config,
            faults: &connection.faults,
            footprint: connection.footprint.as_ref(),
            operators: &connection.operators,
        };
        operator::start(&place, &installation, manager).await
    }

    /// Watches the object until `holds`; it is given none while there is no such object. Returns what held.
    ///
    /// # Errors
    ///
    /// After 30 s, with the object as it was seen last.
    pub async fn until<K: Object>(
        &self,
        api: &Api<K>,
        name: &str,
        mut holds: impl FnMut(Option<&K>) -> bool,
    ) -> Result<Option<K>> {
        let mut seen = None;
        let watched = async {
            let mut versions = Box::pin(watch_object(api.clone(), name));
            while let Some(version) = versions.next().await {
                seen = version?;
                if holds(seen.as_ref()) {
                    return Ok(());
                }
            }
            Err("the watch has ended".into())
        };
        match tokio::time::timeout(DEADLINE, watched).await {
            Ok(Ok(())) => Ok(seen),
            Ok(Err(error)) => Err(error),
            Err(_) => {
                let last = seen.map_or("there is none".into(), |mut object| {
                    object.meta_mut().managed_fields = None;
                    serde_json::to_string_pretty(&object).unwrap_or_default()
                });
                let kind = K::kind(&());
                Err(format!(
                    "{kind} {name} is not as awaited after {} s; it was last seen as: {last}",
                    DEADLINE.as_secs()
                )
                .into())
            }
        }
    }

    /// Waits until the object is [ready](is_ready), and returns it.
    pub async fn until_ready<K>(&self, api: &Api<K>, name: &str) -> Result<K>
    where
        K: Object + HasStatus<Status: Status>,
    {
        let found = self
            .until(api, name, |object| object.is_some_and(is_ready))
            .await?;
        found.ok_or_else(|| "what is ready is there".into())
    }

    /// How many write requests to these resources (`deployments` or `deployments/status`) the API server has answered
    /// so far, by its own count.
    pub async fn write_requests(&self, resources: &[&str]) -> Result<u64> {
        let metrics = self.client().request_text(http_get("/metrics")?).await?;
        count_writes(&metrics, resources)
    }

    /// How many write requests to these resources come in within this time: none from an operator at rest.
    pub async fn writes_within(&self, time: Duration, resources: &[&str]) -> Result<u64> {
        let before = self.write_requests(resources).await?;
        tokio::time::sleep(time).await;
        Ok(self.write_requests(resources).await? - before)
    }

    /// Stops the API server; what it stored stays, and so does its port. The embedded one hangs up in either way.
    ///
    /// # Errors
    ///
    /// On a cluster that was there before the test.
    pub async fn stop_api_server(&self, stop: Stop) -> Result {
        self.control_plane()?
            .lock()
            .await
            .stop_api_server(stop)
            .await
    }

    /// Starts the API server again, where it was and with what it knew, and waits until it is ready.
    pub async fn start_api_server(&self) -> Result {
        self.control_plane()?
            .lock()
            .await
            .start_api_server()
            .await?;
        let answered = async {
            // A connection from before is found to be dead by the request that is sent on it.
            while self
                .client()
                .request_text(http_get("/readyz")?)
                .await
                .is_err()
            {}
            Ok(())
        };
        tokio::time::timeout(DEADLINE, answered).await?
    }

    /// Stops the API server, and starts it again.
    pub async fn restart_api_server(&self, stop: Stop) -> Result {
        self.stop_api_server(stop).await?;
        self.start_api_server().await
    }

    /// Makes the embedded API server forget what happened until now, as a compaction of etcd does: a watch from further
    /// back ends with 410, and a list of then expires. While it [lags](Self::lag), what its watches have yet to tell is kept.
    ///
    /// # Errors
    ///
    /// On another API server than that of a `#[myop::test(embedded)]`.
    pub async fn compact(&self) -> Result {
        self.embedded(InProcess::compact).await
    }

    /// From now on the watches of the embedded API server tell nothing new, and neither do reads at resourceVersion 0, as
    /// if its cache had fallen behind etcd; writes and other reads go on. Reads that ask for no older version than one
    /// that the cache has not seen are refused with 504, as the real one does after 3 s.
    ///
    /// # Errors
    ///
    /// On another API server than that of a `#[myop::test(embedded)]`.
    pub async fn lag(&self) -> Result {
        self.embedded(InProcess::lag).await
    }

    /// Ends what [`lag`](Self::lag) began: all that was held back is told.
    ///
    /// # Errors
    ///
    /// On another API server than that of a `#[myop::test(embedded)]`.
    pub async fn catch_up(&self) -> Result {
        self.embedded(InProcess::catch_up).await
    }

    async fn embedded(&self, does: fn(&InProcess)) -> Result {
        let own = match &self.connection.control_plane {
            Some(own) => own.lock().await.embedded().map(does),
            None => None,
        };
        own.ok_or_else(|| {
            "only the embedded API server does this: use `#[myop::test(embedded)]`".into()
        })
    }

    fn control_plane(&self) -> Result<&tokio::sync::Mutex<ControlPlane>> {
        let own = self.connection.control_plane.as_deref();
        own.ok_or_else(|| "the API server of an existing cluster is left alone".into())
    }
}

/// Whether the operator says that this generation of the object is ready.
pub fn is_ready<K>(object: &K) -> bool
where
    K: Object + HasStatus<Status: Status>,
{
    object.status().is_some_and(|status| {
        let ready = status
            .conditions()
            .iter()
            .any(|one| one.type_ == READY && one.status == "True");
        ready && status.observed_generation() == object.meta().generation
    })
}
