//! Replicas of the scribe: processes of their own, each with a user and a network of its own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use myop::testing::{Cluster, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{GROUP, JOURNALS, audit::Work, link::Link};

/// Short, so that a round is.
const TIMING: [&str; 3] = [
    "--leader-election-lease-duration=3s",
    "--leader-election-renew-deadline=2s",
    "--leader-election-retry-period=500ms",
];

pub(crate) struct Replica {
    pub(crate) name: String,
    pub(crate) link: Link,
    process: Child,
    log: PathBuf,
}

impl Replica {
    /// Sends it a signal: `STOP` for example.
    pub(crate) async fn signal(&self, name: &str) -> Result {
        let id = self.process.id().ok_or("it has ended already")?;
        let mut kill = Command::new("kill");
        let status = kill.args(["-s", name, &id.to_string()]).status().await?;
        status
            .success()
            .then_some(())
            .ok_or("no such process".into())
    }

    /// Waits until it has ended; returns how, and what it logged.
    pub(crate) async fn ended(&mut self) -> Result<(ExitStatus, String)> {
        let waited = tokio::time::timeout(Duration::from_secs(30), self.process.wait()).await;
        let status = waited.map_err(|_| format!("{} has not ended in 30 s", self.name))??;
        Ok((status, fs::read_to_string(&self.log)?))
    }
}

/// All replicas that run.
pub(crate) struct Replicas {
    pub(crate) running: Vec<Replica>,
    cluster: Cluster,
    folder: TempDir,
    born: usize,
}

impl Replicas {
    pub(crate) async fn start(cluster: &Cluster, count: usize) -> Result<Self> {
        let mut replicas = Self {
            running: Vec::new(),
            cluster: cluster.clone(),
            folder: tempfile::tempdir()?,
            born: 0,
        };
        for _ in 0..count {
            replicas.add().await?;
        }
        Ok(replicas)
    }

    /// Starts another one, of another name than any before.
    pub(crate) async fn add(&mut self) -> Result {
        self.born += 1;
        let name = format!("{GROUP}-{}", self.born);
        let file = |ending: &str| self.folder.path().join(format!("{name}.{ending}"));
        let (kubeconfig, server) = self.admin_kubeconfig()?;
        let link = Link::to(server.parse()?).await?;
        fs::write(
            file("kubeconfig"),
            as_user(kubeconfig, &name, &link).to_string(),
        )?;
        let log = file("log");
        let process = Command::new(env!("CARGO_BIN_EXE_scribe"))
            .arg("--leader-elect")
            .args(TIMING)
            .arg(format!("--author={name}"))
            .arg(format!("--max-concurrent-reconciles={}", JOURNALS.len()))
            .arg(format!("--kubeconfig={}", file("kubeconfig").display()))
            .arg("--health-probe-bind-address=0")
            .env("RUST_LOG", "info,myop::leader::gate=trace,kube_client=off")
            .stdin(Stdio::null())
            .stderr(File::create(&log)?)
            .kill_on_drop(true)
            .spawn()?;
        self.running.push(Replica {
            name,
            link,
            process,
            log,
        });
        Ok(())
    }

    /// Waits until a replica writes that is not this one, and returns its name.
    pub(crate) async fn leader_after(&self, old: &str) -> Result<String> {
        let maps = self.maps();
        let is_new = |map: Option<&ConfigMap>| author(map).is_some_and(|author| author != old);
        let map = self.cluster.until(&maps, JOURNALS[0], is_new).await?;
        Ok(author(map.as_ref()).unwrap_or_default().to_owned())
    }

    /// Waits until a replica has written so many pages.
    pub(crate) async fn written(&self, name: &str, pages: u64) -> Result {
        let has_written = |map: Option<&ConfigMap>| {
            author(map) == Some(name) && page(map).is_some_and(|page| page >= pages)
        };
        self.cluster
            .until(&self.maps(), JOURNALS[0], has_written)
            .await?;
        Ok(())
    }

    fn maps(&self) -> Api<ConfigMap> {
        self.cluster.namespaced("default")
    }

    /// Takes a replica out of those that run.
    pub(crate) fn take(&mut self, name: &str) -> Result<Replica> {
        let position = self.running.iter().position(|replica| replica.name == name);
        let position = position.ok_or_else(|| format!("{name} does not run"))?;
        Ok(self.running.remove(position))
    }

    /// Ends all of them, and returns what each that ever ran has sent.
    pub(crate) async fn end(mut self) -> Result<BTreeMap<String, Work>> {
        for mut replica in self.running.drain(..) {
            replica.process.kill().await?;
        }
        let mut work = BTreeMap::new();
        for number in 1..=self.born {
            let name = format!("{GROUP}-{number}");
            let log = fs::read_to_string(self.folder.path().join(format!("{name}.log")))?;
            work.insert(name, Work::logged(&log));
        }
        Ok(work)
    }

    /// The kubeconfig of the cluster, and its server as `host:port`.
    fn admin_kubeconfig(&self) -> Result<(Value, String)> {
        let file = self
            .cluster
            .kubeconfig()
            .ok_or("needs a control plane of its own")?;
        let kubeconfig: Value = serde_yaml::from_str(&fs::read_to_string(file)?)?;
        let url = kubeconfig["clusters"][0]["cluster"]["server"].as_str();
        let server = url.and_then(|url| url.strip_prefix("https://"));
        let server = server.ok_or("a server")?.to_owned();
        Ok((kubeconfig, server))
    }
}

fn as_user(mut kubeconfig: Value, name: &str, link: &Link) -> Value {
    kubeconfig["clusters"][0]["cluster"]["server"] = json!(format!("https://{}", link.address));
    kubeconfig["users"][0]["user"]["as"] = json!(name);
    kubeconfig["users"][0]["user"]["as-groups"] = json!([GROUP]);
    kubeconfig
}

fn page(map: Option<&ConfigMap>) -> Option<u64> {
    map?.data.as_ref()?.get("page")?.parse().ok()
}

pub(crate) fn author(map: Option<&ConfigMap>) -> Option<&str> {
    map?.data.as_ref()?.get("author").map(String::as_str)
}
