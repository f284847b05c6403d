//! A control plane that runs.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use jiff::Timestamp;
use kube::Client;
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{
    Settings,
    auth::{AUTHENTICATED, MASTERS, User},
    serve::{
        audit::AuditLog,
        certificates::{Authority, Identity},
        https::{Clients, Https},
        in_process,
        shared::{Clock, Shared},
    },
};

/// An API server in this process. It ends when it is dropped.
///
/// ```
/// use k8s_openapi::api::core::v1::Namespace;
/// use kube::Api;
/// use myop_controlplane::ControlPlane;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let control_plane = ControlPlane::start().await?;
/// let namespaces: Api<Namespace> = Api::all(control_plane.client());
/// assert!(namespaces.get_opt("default").await?.is_some());
/// # Ok(())
/// # }
/// ```
pub struct ControlPlane {
    shared: Shared,
    address: SocketAddr,
    authority: Authority,
    admin: Identity,
    https: Https,
    /// None while it does not listen.
    serving: Option<AbortHandle>,
    controllers: AbortHandle,
}

/// How a control plane is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The port to listen on; 0: one that is free.
    pub port: u16,
    /// What names and uids are drawn from; none: another one each time.
    pub seed: Option<u64>,
    /// What time it is at the start; none: the machine's.
    pub began: Option<Timestamp>,
    /// Where each write is recorded once it is answered, an `Event` of `audit.k8s.io/v1` a line; none: nowhere.
    pub audit_log: Option<PathBuf>,
    /// What it does besides answering.
    pub settings: Settings,
}

impl ControlPlane {
    /// Starts one on a free port of loopback.
    ///
    /// # Errors
    ///
    /// Where it can't listen.
    pub async fn start() -> io::Result<Self> {
        Self::start_as(Options::default()).await
    }

    /// Starts one on loopback.
    ///
    /// # Errors
    ///
    /// Where it can't listen, as on a port that is taken.
    pub async fn start_as(options: Options) -> io::Result<Self> {
        let shared = shared(&options)?;
        let authority = Authority::new().map_err(io::Error::other)?;
        let server = authority.server(&["localhost", "127.0.0.1", "kubernetes.default.svc"]);
        let server = server.map_err(io::Error::other)?;
        let admin = authority
            .client("admin", &[MASTERS])
            .map_err(io::Error::other)?;
        let mut clients = Clients::default();
        clients.add(&admin, administrator_by(&admin));
        let https = Https::new(&authority, &server, clients, shared.clone())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(https.clone().serve(listener)).abort_handle();
        shared.publish_address(address);
        shared.publish_root_certificate(&authority.pem());
        let controllers = tokio::spawn(shared.clone().work()).abort_handle();
        Ok(Self {
            controllers,
            shared,
            address,
            authority,
            admin,
            https,
            serving: Some(serving),
        })
    }

    /// Closes all connections, and listens no more; what is stored stays. As a server that crashed.
    pub fn hang_up(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }

    /// Listens again, where it listened before.
    ///
    /// # Errors
    ///
    /// Where somebody else listens there now.
    pub async fn listen_again(&mut self) -> io::Result<()> {
        self.hang_up();
        let listener = TcpListener::bind(self.address).await?;
        let serving = tokio::spawn(self.https.clone().serve(listener));
        self.serving = Some(serving.abort_handle());
        Ok(())
    }

    /// Forgets what happened until now, as a compaction of etcd does: a watch from further back ends with 410.
    pub fn compact(&self) {
        self.shared.compact();
    }

    /// A client with all rights, without sockets.
    pub fn client(&self) -> Client {
        self.client_as(&administrator())
    }

    /// A client that asks as this user, without sockets.
    pub fn client_as(&self, user: &User) -> Client {
        in_process::client(&self.shared, user)
    }

    /// Where it listens: `https://127.0.0.1:6443`.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// A kubeconfig with all rights, as YAML.
    pub fn kubeconfig(&self) -> String {
        let base64 =
            |pem: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pem);
        let text = serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "myop", "cluster": {
                "server": self.url(),
                "certificate-authority-data": base64(&self.authority.pem()),
            }}],
            "users": [{"name": "admin", "user": {
                "client-certificate-data": base64(&self.admin.certificate_pem()),
                "client-key-data": base64(&self.admin.key_pem()),
            }}],
            "contexts": [{"name": "myop", "context": {
                "cluster": "myop", "user": "admin", "namespace": "default",
            }}],
            "current-context": "myop",
        });
        serde_yaml::to_string(&text).expect("a kubeconfig is YAML")
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        self.hang_up();
        self.controllers.abort();
    }
}

fn shared(options: &Options) -> io::Result<Shared> {
    let began = options.began.unwrap_or_else(now);
    let seed = options.seed.unwrap_or_else(|| fastrand::Rng::new().u64(..));
    let audit = options
        .audit_log
        .as_deref()
        .map(AuditLog::create)
        .transpose()?;
    Ok(Shared::new(
        seed,
        options.settings,
        Clock::beginning_at(began),
        audit,
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a control plane reads the machine's clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

/// The administrator, known by a certificate.
fn administrator_by(identity: &Identity) -> User {
    let masters = [MASTERS.to_owned()];
    let user = User::of_certificate("admin", &masters, &identity.fingerprint());
    user.unwrap_or_else(administrator)
}

fn administrator() -> User {
    User {
        name: "admin".into(),
        groups: vec![MASTERS.into(), AUTHENTICATED.into()],
        ..User::default()
    }
}
