//! `/healthz` and `/readyz`, for the probes of the operator's pod.
//!
//! `/readyz` says no until all caches have been filled, and where a kind has not been watched for 30 s: for whatever
//! reason, also where its connection is dead, which takes at most 75 s more to be noticed. `/healthz` says yes all the
//! while, as a new pod would fare no better.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{flags::Address, ready::Readiness};

/// Takes the address before anything else starts, so that one in use is told at once. None where nothing is served.
pub(crate) async fn bind(address: &Address) -> io::Result<Option<TcpListener>> {
    match address {
        Address::Nowhere => Ok(None),
        Address::At(address) => TcpListener::bind(address).await.map(Some),
        Address::Everywhere(port) => {
            match TcpListener::bind((Ipv6Addr::UNSPECIFIED, *port)).await {
                // A machine without IPv6.
                Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                    TcpListener::bind((Ipv4Addr::UNSPECIFIED, *port))
                        .await
                        .map(Some)
                }
                listener => listener.map(Some),
            }
        }
    }
}

/// Serves until `shutdown`.
pub(crate) async fn serve(
    listener: TcpListener,
    readiness: Arc<Readiness>,
    shutdown: CancellationToken,
) {
    let app = Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(readyz))
        .with_state(readiness);
    let served = axum::serve(listener, app)
        .with_graceful_shutdown(shutdown.cancelled_owned())
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the health probes are not served any more");
    }
}

async fn readyz(State(readiness): State<Arc<Readiness>>) -> (StatusCode, String) {
    match readiness.check() {
        Ok(()) => (StatusCode::OK, "ok".into()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}
