//! A control plane that runs.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use jiff::Timestamp;
use kube::Client;
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{
    auth::{AUTHENTICATED, MASTERS, User},
    serve::{
        certificates::{Authority, Identity},
        https::{Clients, Listener},
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
    serving: AbortHandle,
}

/// How a control plane is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The port to listen on; 0: one that is free.
    pub port: u16,
    /// What names and uids are drawn from; none: another one each time.
    pub seed: Option<u64>,
    /// What time it is at the start; none: the machine's.
    pub began: Option<Timestamp>,
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
        let shared = shared(options);
        let authority = Authority::new().map_err(io::Error::other)?;
        let server = authority.server(&["localhost", "127.0.0.1", "kubernetes.default.svc"]);
        let server = server.map_err(io::Error::other)?;
        let admin = authority
            .client("admin", &[MASTERS])
            .map_err(io::Error::other)?;
        let mut clients = Clients::default();
        clients.add(&admin, administrator());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let listener = Listener::new(listener, &authority, &server, clients, shared.clone())?;
        let address = listener.address()?;
        Ok(Self {
            shared,
            address,
            authority,
            admin,
            serving: tokio::spawn(listener.serve()).abort_handle(),
        })
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
        self.serving.abort();
    }
}

fn shared(options: Options) -> Shared {
    let began = options.began.unwrap_or_else(now);
    let seed = options.seed.unwrap_or_else(|| fastrand::Rng::new().u64(..));
    Shared::new(seed, Clock::beginning_at(began))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where a control plane reads the machine's clock"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

fn administrator() -> User {
    User {
        name: "admin".into(),
        groups: vec![MASTERS.into(), AUTHENTICATED.into()],
        ..User::default()
    }
}
