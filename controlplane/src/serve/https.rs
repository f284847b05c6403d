//! HTTPS on loopback: client certificates and bearer tokens.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use http::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{
    answers::{self, Body},
    certificates::{Authority, Identity},
    head,
    shared::Shared,
};
use crate::{Refusal, auth::User};

const MOST_HEADERS: usize = 1024;

/// As `ReadHeaderTimeout` of apiserver, which Go's server gives a handshake too.
const LONGEST_HANDSHAKE: Duration = Duration::from_secs(32);

/// The longest that Go's server waits before it accepts again.
const BETWEEN_FAILURES: Duration = Duration::from_secs(1);

/// What serves connections.
#[derive(Clone)]
pub(crate) struct Https {
    acceptor: TlsAcceptor,
    shared: Shared,
    clients: Arc<Clients>,
}

/// Whose certificates were signed here: no others are accepted, so a certificate says who asks.
#[derive(Default)]
pub(crate) struct Clients(Vec<(Vec<u8>, User)>);

impl Clients {
    pub(crate) fn add(&mut self, identity: &Identity, user: User) {
        self.0.push((identity.certificate().to_vec(), user));
    }

    fn user(&self, certificate: &[u8]) -> Option<User> {
        let known = self.0.iter().find(|(known, _)| known == certificate);
        known.map(|(_, user)| user.clone())
    }
}

impl Https {
    pub(crate) fn new(
        authority: &Authority,
        server: &Identity,
        clients: Clients,
        shared: Shared,
    ) -> io::Result<Self> {
        let tls = tls(authority, server).map_err(io::Error::other)?;
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            shared,
            clients: Arc::new(clients),
        })
    }

    /// Serves until it is dropped, and with it all its connections.
    pub(crate) async fn serve(self, listener: Arc<TcpListener>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    // What goes wrong with one connection is not the next one's concern.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(self.clone().connection(stream));
                    } else {
                        // As without file descriptors, until others are closed.
                        sleep(BETWEEN_FAILURES).await;
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let accepted = timeout(LONGEST_HANDSHAKE, self.acceptor.accept(stream)).await;
        let Ok(Ok(stream)) = accepted else {
            return;
        };
        let certificates = stream.get_ref().1.peer_certificates();
        let user = certificates
            .and_then(|all| all.first())
            .and_then(|first| self.clients.user(first));
        let shared = self.shared;
        let service = service_fn(move |request| {
            let (shared, user) = (shared.clone(), user.clone());
            async move { Ok::<_, Infallible>(answer(&shared, request, user.as_ref()).await) }
        });
        let mut builder = auto::Builder::new(TokioExecutor::new());
        let mut http1 = builder.http1();
        http1.timer(TokioTimer::new());
        http1.max_buf_size(head::LONGEST);
        http1.max_headers(MOST_HEADERS);
        builder.http2().timer(TokioTimer::new());
        // A client that goes away in the middle is no error of ours.
        let _ = builder
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }
}

fn tls(
    authority: &Authority,
    server: &Identity,
) -> Result<ServerConfig, Box<dyn std::error::Error + Send + Sync>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate())?;
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone())
        .allow_unauthenticated()
        .build()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![server.certificate()], server.key())?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

async fn answer(
    shared: &Shared,
    request: http::Request<Incoming>,
    user: Option<&User>,
) -> Response<Body> {
    if let Some(refused) = head::refused(&request) {
        return refused;
    }
    let (parts, body) = request.into_parts();
    let limited = Limited::new(body, crate::core::LARGEST_BODY + 1);
    let body = match limited.collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        // Whether it is too large is said where it is read: to whom may not write at all, something else is.
        Err(error) if error.is::<LengthLimitError>() => vec![0; crate::core::LARGEST_BODY + 1],
        Err(_) => {
            let refusal = Refusal::unknown("invalid byte in chunk length");
            return answers::of_reply(refusal.into());
        }
    };
    answers::answer(shared, &http::Request::from_parts(parts, body), user)
}
