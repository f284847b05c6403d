//! The clients of an operator that elects a leader: one that writes only while this replica leads, and one for the Lease.

use axum::http::{Method, Request};
use kube::{Client, Config, client::Body};
use tower::service_fn;
use tracing::trace;

use super::leadership::Leadership;
use crate::error::BoxError;

/// A client that reads as `client` does, and writes only while this replica leads.
///
/// It stands before all that `client` does with a request, its retries included: what is on its way when the lease runs
/// out is abandoned.
pub(crate) fn writing_while_led(client: &Client, leadership: &Leadership) -> Client {
    let (inner, leadership) = (client.clone(), leadership.clone());
    let gate = service_fn(move |request: Request<Body>| {
        let (inner, leadership) = (inner.clone(), leadership.clone());
        async move {
            let answer = if matches!(*request.method(), Method::GET | Method::HEAD) {
                inner.send(request).await
            } else {
                trace!(method = %request.method(), path = request.uri().path(), "to be sent");
                leadership.while_held(inner.send(request)).await?
            };
            answer.map_err(BoxError::from)
        }
    });
    Client::new(gate, client.default_namespace()).with_valid_until(*client.valid_until())
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
