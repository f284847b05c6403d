//! What stands between an operator and its API server: services around a client, each around the next.

use axum::http::{Request, Response};
use kube::{Client, client::Body};
use tower::{Service, service_fn};

use crate::error::BoxError;

/// Sends requests to an API server. Its clones do the same.
pub(crate) trait Sends:
    Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<S> Sends for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// Sends as this client does.
pub(crate) fn sending_by(client: &Client) -> impl Sends + use<> {
    let client = client.clone();
    service_fn(move |request: Request<Body>| {
        let client = client.clone();
        async move { client.send(request).await.map_err(BoxError::from) }
    })
}

/// A client that sends by this, and is as `client` else.
pub(crate) fn client_by(sends: impl Sends, client: &Client) -> Client {
    Client::new(sends, client.default_namespace()).with_valid_until(*client.valid_until())
}
