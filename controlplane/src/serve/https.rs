//! HTTPS on loopback: client certificates and bearer tokens.

use std::{convert::Infallible, io, sync::Arc};

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
};
use tokio_rustls::TlsAcceptor;

use super::{
    answers::{self, Body},
    certificates::{Authority, Identity},
    shared::Shared,
};
use crate::{Refusal, auth::User};

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
    pub(crate) async fn serve(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    // What goes wrong with one connection is not the next one's concern.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(self.clone().connection(stream));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn connection(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Ok(stream) = self.acceptor.accept(stream).await else {
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
        builder.http1().timer(TokioTimer::new());
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
    let (parts, body) = request.into_parts();
    let limited = Limited::new(body, crate::core::LARGEST_BODY);
    match limited.collect().await {
        Ok(body) => {
            let request = http::Request::from_parts(parts, body.to_bytes().to_vec());
            answers::answer(shared, &request, user)
        }
        Err(error) if error.is::<LengthLimitError>() => {
            answers::of_reply(Refusal::too_large_body(crate::core::LARGEST_BODY).into())
        }
        Err(error) => answers::of_reply(Refusal::bad_request(error.to_string()).into()),
    }
}
