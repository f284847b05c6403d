//! The servers whose answers are recorded: etcd and kube-apiserver, once with kube-controller-manager and once without.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    time::Duration,
};

use kube::{
    Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::OnceCell,
    time::{Instant, sleep},
};

use super::{
    Result, certificates,
    play_all::Servers,
    program::{Program, controller_manager_arguments},
    scenario::Scenario,
    server::{DEADLINE, Sent, Server},
};

/// Started where the first scenario needs them.
pub(crate) struct Real {
    assets: PathBuf,
    alone: OnceCell<Running>,
    controlled: OnceCell<Running>,
}

impl Real {
    /// `assets`: the folder with their programs.
    pub(crate) fn new(assets: &Path) -> Self {
        Self {
            assets: assets.to_owned(),
            alone: OnceCell::new(),
            controlled: OnceCell::new(),
        }
    }

    /// With kube-controller-manager or without.
    pub(crate) async fn running(&self, controllers: bool) -> Result<&Running> {
        let cell = if controllers {
            &self.controlled
        } else {
            &self.alone
        };
        cell.get_or_try_init(|| Running::start(&self.assets, controllers))
            .await
    }
}

impl Servers for Real {
    async fn server_for(&self, scenario: &Scenario) -> Result<Server> {
        let running = self.running(scenario.needs.controllers).await?;
        Ok(running.server.clone())
    }
}

pub(crate) struct Running {
    server: Server,
    folder: TempDir,
    /// Those that were started last end first.
    programs: Vec<Program>,
}

impl Drop for Running {
    fn drop(&mut self) {
        while self.programs.pop().is_some() {}
    }
}

impl Running {
    async fn start(assets: &Path, controllers: bool) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("scenarios-").tempdir()?;
        certificates::write(folder.path())?;
        let address = free_address()?;
        let kubeconfig = kubeconfig(folder.path(), address);
        fs::write(folder.path().join("kubeconfig"), &kubeconfig)?;
        let config = Kubeconfig::from_yaml(&kubeconfig)?;
        let config = Config::from_custom_kubeconfig(config, &KubeConfigOptions::default()).await?;
        let mut running = Self {
            server: Server::new(config)?,
            folder,
            programs: Vec::new(),
        };
        running.launch(assets, "etcd", etcd_arguments())?;
        running.launch(
            assets,
            "kube-apiserver",
            api_server_arguments(address, controllers),
        )?;
        running.wait_until_ready().await?;
        running.compact().await?;
        if controllers {
            running.launch(
                assets,
                "kube-controller-manager",
                controller_manager_arguments(),
            )?;
        }
        Ok(running)
    }

    /// The administrator's.
    pub(crate) fn kubeconfig(&self) -> Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("kubeconfig"))?)
    }

    fn launch(&mut self, assets: &Path, name: &str, arguments: Vec<String>) -> Result<()> {
        let program = Program::start(assets, name, arguments, self.folder.path())?;
        self.programs.push(program);
        Ok(())
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + DEADLINE;
        let ready = Sent::new("GET", "/readyz", "");
        loop {
            match self.server.ask(&ready).await {
                Ok(answer) if answer.status == 200 => return Ok(()),
                _ if Instant::now() < deadline => {}
                last => {
                    return Err(
                        format!("kube-apiserver is not ready: {last:?}; {}", self.log()).into(),
                    );
                }
            }
            // Nothing tells when a server begins to listen.
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// What was before the scenarios can't be listed any more, as after some time on any server.
    async fn compact(&self) -> Result<()> {
        let now = self
            .etcd("/v3/kv/range", r#"{"key":"AA==","keys_only":true}"#)
            .await?;
        let revision =
            super::learnt::find(&now, "header.revision").ok_or("etcd tells no revision")?;
        let body = format!(r#"{{"revision":{revision},"physical":true}}"#);
        self.etcd("/v3/kv/compaction", &body).await.map(drop)
    }

    async fn etcd(&self, path: &str, body: &str) -> Result<serde_json::Value> {
        let mut etcd = UnixStream::connect(self.folder.path().join("localhost:1")).await?;
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: etcd\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        etcd.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        etcd.read_to_string(&mut answer).await?;
        match answer.split_once("\r\n\r\n") {
            Some((head, body)) if head.contains(" 200 ") => Ok(serde_json::from_str(body)?),
            _ => Err(format!("etcd answers {answer}").into()),
        }
    }

    fn log(&self) -> String {
        let log = self.folder.path().join("kube-apiserver.log");
        let text = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join("\n")
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Sockets in the working folder. etcd wants them to look like `host:port`.
fn etcd_arguments() -> Vec<String> {
    [
        "--data-dir=etcd",
        "--unsafe-no-fsync",
        "--log-level=error",
        "--listen-client-urls=unix://localhost:1",
        "--advertise-client-urls=unix://localhost:1",
        "--listen-peer-urls=unix://localhost:2",
        "--initial-advertise-peer-urls=unix://localhost:2",
        "--initial-cluster=default=unix://localhost:2",
    ]
    .map(Into::into)
    .into()
}

fn api_server_arguments(address: SocketAddr, controllers: bool) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--etcd-servers=unix://localhost:1",
        // What can be listed depends on the scenario, not on how long the server runs already.
        "--etcd-compaction-interval=0",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--tls-cert-file=server.crt",
        "--tls-private-key-file=server.key",
        "--client-ca-file=ca.crt",
        "--cert-dir=.",
        "--authorization-mode=RBAC",
        "--allow-privileged",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        "--service-account-key-file=sa.pub",
        "--service-account-signing-key-file=sa.key",
        // As on the control planes of this workspace's other tests.
        "--enable-admission-plugins=OwnerReferencesPermissionEnforcement",
    ]
    .map(Into::into)
    .into();
    arguments.push(format!("--secure-port={}", address.port()));
    if !controllers {
        // It waits for ServiceAccounts that the controller manager makes.
        arguments.push("--disable-admission-plugins=ServiceAccount".into());
    }
    arguments
}

fn kubeconfig(folder: &Path, address: SocketAddr) -> String {
    let file = |name: &str| folder.join(name);
    serde_json::json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        "clusters": [{"name": "test", "cluster": {
            "server": format!("https://{address}"), "certificate-authority": file("ca.crt"),
        }}],
        "users": [{"name": "admin", "user": {
            "client-certificate": file("admin.crt"), "client-key": file("admin.key"),
        }}],
    })
    .to_string()
}
