//! Serves `/metrics`: by HTTPS to whom the API server allows it, or by HTTP to everybody.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, http::header::CONTENT_TYPE, middleware, routing::get, serve::Listener};
use kube::Client;
use rustls::{ServerConfig, crypto::ring, server::ResolvesServerCert, sign::SingleCertAndKey};
use thiserror::Error;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use super::{
    Metrics,
    callers::{self, Callers},
    certificate::{self, Files},
    flags::MetricsFlags,
    text,
};
use crate::{error::BoxError, health};

/// How long a caller may take to agree on a key.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many callers may be at that at once.
const HANDSHAKES: usize = 100;

/// Why metrics cannot be served.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened at.
    #[error("cannot serve metrics on {address}; choose another --metrics-bind-address")]
    Address {
        /// The address.
        address: String,
        /// The system's reason.
        source: io::Error,
    },
    /// There is no certificate to serve them with.
    #[error("cannot use a certificate for metrics; see --metrics-cert-path")]
    Certificate(#[source] BoxError),
}

/// An endpoint that was bound, and is not served yet.
pub(crate) struct Endpoint {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl Endpoint {
    /// Takes the address and the certificate before anything else starts, so that what is wrong with them is told at once.
    /// None where nothing is to be served.
    pub(crate) async fn bind(
        flags: &MetricsFlags,
        metrics: &Metrics,
    ) -> Result<Option<Self>, ServeError> {
        let address = &flags.metrics_bind_address;
        let bound = health::bind(address).await;
        let bound = bound.map_err(|source| ServeError::Address {
            address: address.to_string(),
            source,
        })?;
        let Some(listener) = bound else {
            return Ok(None);
        };
        let tls = if flags.metrics_secure {
            Some(acceptor(flags, metrics).map_err(ServeError::Certificate)?)
        } else {
            None
        };
        Ok(Some(Self { listener, tls }))
    }

    /// Serves until `shutdown`. The client asks the API server about the callers.
    pub(crate) async fn serve(self, metrics: Metrics, client: Client, shutdown: CancellationToken) {
        let secure = self.tls.is_some();
        if let Ok(address) = self.listener.local_addr() {
            info!(%address, secure, "serving metrics");
        }
        let page = move || async move { ([(CONTENT_TYPE, text::CONTENT_TYPE)], metrics.page()) };
        let app = Router::new().route("/metrics", get(page));
        let done = shutdown.cancelled_owned();
        let served = match self.tls {
            None => {
                axum::serve(self.listener, app)
                    .with_graceful_shutdown(done)
                    .await
            }
            Some(acceptor) => {
                let callers = Arc::new(Callers::new(client));
                let app = app.route_layer(middleware::from_fn_with_state(callers, callers::check));
                let listener = TlsListener::new(self.listener, acceptor);
                axum::serve(listener, app)
                    .with_graceful_shutdown(done)
                    .await
            }
        };
        if let Err(error) = served {
            error!(%error, "metrics are not served any more");
        }
    }
}

fn acceptor(flags: &MetricsFlags, metrics: &Metrics) -> Result<TlsAcceptor, BoxError> {
    let certificate: Arc<dyn ResolvesServerCert> = match &flags.metrics_cert_path {
        None => Arc::new(SingleCertAndKey::from(certificate::self_signed()?)),
        Some(folder) => {
            let files = Files {
                certificate: folder.join(&flags.metrics_cert_name),
                key: folder.join(&flags.metrics_cert_key),
            };
            let reads = metrics.certificate_reads.clone();
            Arc::new(certificate::Read::first(files, reads)?)
        }
    };
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts connections, and gives them out once a key is agreed on. A caller who is slow at that holds up no other.
struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    fn new(listener: TcpListener, acceptor: TlsAcceptor) -> Self {
        Self {
            listener,
            acceptor,
            handshakes: JoinSet::new(),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(ended) = self.handshakes.join_next() => {
                    if let Ok(Some(connection)) = ended {
                        return connection;
                    }
                }
                (stream, address) = Listener::accept(&mut self.listener),
                    if self.handshakes.len() < HANDSHAKES =>
                {
                    let handshake = self.acceptor.accept(stream);
                    self.handshakes.spawn(async move {
                        match tokio::time::timeout(HANDSHAKE, handshake).await {
                            Ok(Ok(stream)) => Some((stream, address)),
                            Ok(Err(error)) => {
                                debug!(%address, %error, "a TLS handshake for metrics failed");
                                None
                            }
                            Err(_) => None,
                        }
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Listener::local_addr(&self.listener)
    }
}
