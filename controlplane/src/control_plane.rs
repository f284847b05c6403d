//! A control plane that runs.

use std::{
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use jiff::Timestamp;
use kube::Client;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpSocket},
    task::JoinHandle,
};

use crate::{
    Settings,
    auth::{MASTERS, User},
    in_process::{InProcess, administrator},
    serve::{
        audit::AuditLog,
        certificates::{Authority, Identity},
        https::{Clients, Https},
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
    server: InProcess,
    address: SocketAddr,
    authority: Authority,
    admin: Identity,
    https: Https,
    port: Port,
}

/// What becomes of connections to its port.
enum Port {
    /// They are served.
    Serving {
        listener: Arc<TcpListener>,
        serving: JoinHandle<()>,
    },
    /// They are refused; nobody else is given the port.
    Kept(TcpSocket),
    None,
}

/// As the standard library has it.
const BACKLOG: u32 = 128;

/// How a control plane is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The port to listen on; 0: one that is free.
    pub port: u16,
    /// What names and uids are drawn from; none: another one each time. Keys and certificates are the system's in any case.
    pub seed: Option<u64>,
    /// What time it is at the start; none: the machine's.
    pub began: Option<Timestamp>,
    /// Where each write is recorded once it is answered, an `Event` of `audit.k8s.io/v1` a line; none: nowhere.
    pub audit_log: Option<PathBuf>,
    /// What it does besides answering.
    pub settings: Settings,
}

impl Port {
    fn serving(listener: TcpListener, https: &Https) -> Self {
        let listener = Arc::new(listener);
        let serving = tokio::spawn(https.clone().serve(listener.clone()));
        Self::Serving { listener, serving }
    }

    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::None)
    }
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
        let port = Port::serving(listener, &https);
        shared.publish_address(address);
        shared.publish_root_certificate(&authority.pem());
        Ok(Self {
            server: InProcess::of(shared),
            address,
            authority,
            admin,
            https,
            port,
        })
    }

    /// Closes all connections, and listens no more; what is stored stays, and so does the port. As a server that crashed.
    ///
    /// # Errors
    ///
    /// Where the port can't be kept.
    pub async fn hang_up(&mut self) -> io::Result<()> {
        if let Port::Serving { listener, serving } = self.port.take() {
            serving.abort();
            // It ended as it was told to.
            let _ = serving.await;
            end(&listener);
        }
        if let Port::None = self.port {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(self.address)?;
            self.port = Port::Kept(socket);
        }
        Ok(())
    }

    /// Listens again, where it listened before.
    ///
    /// # Errors
    ///
    /// Where the machine refuses.
    pub async fn listen_again(&mut self) -> io::Result<()> {
        self.hang_up().await?;
        if let Port::Kept(socket) = self.port.take() {
            let listener = socket.listen(BACKLOG)?;
            self.port = Port::serving(listener, &self.https);
        }
        Ok(())
    }

    /// The server without its sockets.
    pub fn in_process(&self) -> &InProcess {
        &self.server
    }

    /// A client with all rights, without sockets.
    pub fn client(&self) -> Client {
        self.server.client()
    }

    /// A client that asks as this user, without sockets.
    pub fn client_as(&self, user: &User) -> Client {
        self.server.client_as(user)
    }

    /// Where it listens: `https://127.0.0.1:6443`.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// A kubeconfig with all rights, as YAML. What it names is called after the port, so that it can stand beside others.
    pub fn kubeconfig(&self) -> String {
        let name = format!("myop-{}", self.address.port());
        let base64 =
            |pem: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, pem);
        let text = serde_json::json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {
                "server": self.url(),
                "certificate-authority-data": base64(&self.authority.pem()),
            }}],
            "users": [{"name": name, "user": {
                "client-certificate-data": base64(&self.admin.certificate_pem()),
                "client-key-data": base64(&self.admin.key_pem()),
            }}],
            "contexts": [{"name": name, "context": {
                "cluster": name, "user": name, "namespace": "default",
            }}],
            "current-context": name,
        });
        serde_yaml::to_string(&text).expect("a kubeconfig is YAML")
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        if let Port::Serving { listener, serving } = self.port.take() {
            serving.abort();
            end(&listener);
        }
    }
}

/// Ends listening. To close the listener would not do alone: a process that is just being started has it open for a moment, too.
fn end(listener: &TcpListener) {
    // A system that can't leaves it to closing.
    let _ = SockRef::from(listener).shutdown(Shutdown::Both);
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
