//! What an operator that elects a leader sends by: one that writes only while this replica leads, and a client for the Lease.

use axum::http::{Method, Request, header::UPGRADE};
use kube::{Client, Config, client::Body};
use tower::{ServiceExt as _, service_fn};
use tracing::trace;

use super::leadership::Leadership;
use crate::sends::Sends;

/// Reads always, and writes only while this replica leads, where there is an election.
///
/// What is on its way when the lease runs out is abandoned.
pub(crate) fn writing_while_led<S: Sends>(
    sends: S,
    leadership: Option<Leadership>,
) -> impl Sends + use<S> {
    service_fn(move |request: Request<Body>| {
        let (sends, leadership) = (sends.clone(), leadership.clone());
        async move {
            // What is upgraded (exec, attach, port-forward) does whatever comes after it.
            let is_read = matches!(*request.method(), Method::GET | Method::HEAD)
                && !request.headers().contains_key(UPGRADE);
            let Some(leadership) = leadership.filter(|_| !is_read) else {
                return sends.oneshot(request).await;
            };
            trace!(method = %request.method(), path = request.uri().path(), "to be sent");
            leadership.while_held(sends.oneshot(request)).await?
        }
    })
}

/// A client that takes an answer as it comes: the election knows by itself when to ask again. Its connections are its
/// own, so that no other request holds up a renewal.
pub(crate) fn without_retries(config: &Config) -> Result<Client, kube::Error> {
    let mut config = config.clone();
    config.default_retry = false;
    Client::try_from(config)
}

#[cfg(test)]
mod tests;
