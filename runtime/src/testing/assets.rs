//! A control plane of one's own: etcd, kube-apiserver, and kube-controller-manager where it is asked for.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use tempfile::TempDir;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::Instant,
};

use super::{Needs, Result, certificates, process::Process};

/// envtest's limit (`controlplane.defaultControlPlaneStartTimeout`).
const START: Duration = Duration::from_secs(20);

/// Sockets in the working folder: no port to be taken by somebody else. etcd wants them to look like `host:port`.
const ETCD: &str = "unix://localhost:1";
const ETCD_PEERS: &str = "unix://localhost:2";

const API_SERVER: &str = "kube-apiserver";

/// How the API server is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// By SIGTERM: it ends what is under way.
    Terminate,
    /// By SIGKILL, as a crash would.
    Kill,
}

impl Stop {
    fn signal(self) -> &'static str {
        match self {
            Self::Terminate => "TERM",
            Self::Kill => "KILL",
        }
    }
}

/// Servers that live as long as this value.
#[derive(Debug)]
pub(super) struct Assets {
    folder: TempDir,
    programs: PathBuf,
    needs: Needs,
    servers: Vec<(&'static str, Process)>,
    /// Bound for as long as the server shares it, so that nobody else is given the port.
    _port: TcpSocket,
    address: SocketAddr,
}

impl Assets {
    pub(super) async fn start(programs: &Path, needs: Needs) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("myop-").tempdir()?;
        certificates::write(folder.path())?;
        let port = TcpSocket::new_v4()?;
        port.set_reuseport(true)?;
        port.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = port.local_addr()?;
        let mut plane = Self {
            folder,
            programs: programs.to_owned(),
            needs,
            servers: Vec::new(),
            _port: port,
            address,
        };
        std::fs::write(plane.kubeconfig(), plane.kubeconfig_text())?;
        std::fs::write(plane.path("audit-policy.json"), audit_policy())?;

        plane.launch("etcd", plane.etcd_arguments())?;
        plane.start_api_server().await?;
        if needs.controllers {
            plane.launch(
                "kube-controller-manager",
                plane.controller_manager_arguments(),
            )?;
        }
        Ok(plane)
    }

    /// On the port and with the etcd that it had before, if it ran before.
    pub(super) async fn start_api_server(&mut self) -> Result {
        let arguments = self.api_server_arguments();
        self.launch(API_SERVER, arguments)?;
        self.wait_until_ready().await
    }

    pub(super) async fn stop_api_server(&mut self, stop: Stop) -> Result {
        let running = self
            .servers
            .iter()
            .position(|(name, _)| *name == API_SERVER);
        let (_, server) = self
            .servers
            .remove(running.ok_or("kube-apiserver does not run")?);
        Ok(server.end_by(stop.signal()).await?)
    }

    pub(super) fn kubeconfig(&self) -> PathBuf {
        self.path("kubeconfig")
    }

    pub(super) fn audit_log(&self) -> PathBuf {
        self.path("audit.log")
    }

    pub(super) async fn config(&self) -> Result<Config> {
        let kubeconfig = Kubeconfig::read_from(self.kubeconfig())?;
        Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
    }

    pub(super) async fn stop(&mut self) -> Result {
        while let Some((_, server)) = self.servers.pop() {
            server.stop().await?;
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn launch(&mut self, name: &'static str, arguments: Vec<String>) -> Result {
        let program = self.programs.join(name);
        if !program.is_file() {
            return Err(format!(
                "KUBEBUILDER_ASSETS is {}, and there is no {name} in it",
                self.programs.display()
            )
            .into());
        }
        let folder = self.folder.path();
        let log = self.path(&format!("{name}.log"));
        // The first to start is the last to stop.
        let leftover = self.servers.is_empty().then_some(folder);
        let server = Process::start(&program, arguments, folder, log, leftover)?;
        self.servers.push((name, server));
        Ok(())
    }

    async fn wait_until_ready(&mut self) -> Result {
        let client = Client::try_from(self.config().await?)?;
        let deadline = Instant::now() + START;
        loop {
            for (name, server) in &mut self.servers {
                if let Some(end) = server.ended() {
                    return Err(format!("{name} did not start: {end}").into());
                }
            }
            let listens = TcpStream::connect(self.address).await.is_ok();
            if listens && client.request_text(http_get("/readyz")?).await.is_ok() {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(
                    format!("kube-apiserver is not ready after {} s", START.as_secs()).into(),
                );
            }
            // Nothing tells when a server begins to listen.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn etcd_arguments(&self) -> Vec<String> {
        vec![
            format!("--data-dir={}", self.path("etcd").display()),
            "--unsafe-no-fsync".into(),
            "--log-level=error".into(),
            format!("--listen-client-urls={ETCD}"),
            format!("--advertise-client-urls={ETCD}"),
            format!("--listen-peer-urls={ETCD_PEERS}"),
            format!("--initial-advertise-peer-urls={ETCD_PEERS}"),
            format!("--initial-cluster=default={ETCD_PEERS}"),
        ]
    }

    fn api_server_arguments(&self) -> Vec<String> {
        let file = |name: &str| self.path(name).display().to_string();
        let mut arguments = vec![
            format!("--etcd-servers={ETCD}"),
            "--bind-address=127.0.0.1".into(),
            "--advertise-address=127.0.0.1".into(),
            format!("--secure-port={}", self.address.port()),
            "--permit-port-sharing".into(),
            format!("--tls-cert-file={}", file("server.crt")),
            format!("--tls-private-key-file={}", file("server.key")),
            format!("--client-ca-file={}", file("ca.crt")),
            format!("--cert-dir={}", self.folder.path().display()),
            "--authorization-mode=RBAC".into(),
            "--allow-privileged".into(),
            "--service-cluster-ip-range=10.0.0.0/24".into(),
            format!("--audit-policy-file={}", file("audit-policy.json")),
            format!("--audit-log-path={}", self.audit_log().display()),
            "--service-account-issuer=https://localhost/".into(),
            format!("--service-account-key-file={}", file("sa.pub")),
            format!("--service-account-signing-key-file={}", file("sa.key")),
        ];
        // An owner reference that blocks deletion takes a right on its owner: tests find out whether the rules give it.
        arguments.push("--enable-admission-plugins=OwnerReferencesPermissionEnforcement".into());
        if !self.needs.controllers {
            // It waits for ServiceAccounts that the controller manager makes.
            arguments.push("--disable-admission-plugins=ServiceAccount".into());
        }
        arguments
    }

    fn controller_manager_arguments(&self) -> Vec<String> {
        vec![
            format!("--kubeconfig={}", self.kubeconfig().display()),
            format!(
                "--service-account-private-key-file={}",
                self.path("sa.key").display()
            ),
            format!("--root-ca-file={}", self.path("ca.crt").display()),
            "--use-service-account-credentials".into(),
            "--leader-elect=false".into(),
            "--secure-port=0".into(),
        ]
    }

    fn kubeconfig_text(&self) -> String {
        let file = |name: &str| self.path(name).display().to_string();
        serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin", "namespace": "default"}}],
            "clusters": [{"name": "test", "cluster": {
                "server": format!("https://{}", self.address), "certificate-authority": file("ca.crt"),
            }}],
            "users": [{"name": "admin", "user": {
                "client-certificate": file("admin.crt"), "client-key": file("admin.key"),
            }}],
        })
        .to_string()
    }
}

/// Writes are recorded, once they are answered: who wrote what, and when.
fn audit_policy() -> String {
    serde_json::json!({
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection"]},
            {"level": "None"},
        ],
    })
    .to_string()
}

/// A request for a path that is no resource.
pub(super) fn http_get(path: &str) -> Result<axum::http::Request<Vec<u8>>> {
    Ok(axum::http::Request::get(path).body(Vec::new())?)
}
