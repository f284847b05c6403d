//! Counts the requests to the API server, around a client.

use std::sync::Arc;

use axum::http::{Request, Response};
use kube::{
    Client,
    client::{Body, retry::RetryPolicy},
};
use tower::{Layer, Service, retry::RetryLayer, service_fn};

use super::series::Counter;
use crate::error::BoxError;

/// What client-go calls a host that it does not know.
pub(super) const UNKNOWN_HOST: &str = "none";

/// What client-go says in place of a status where there was no answer.
const NO_ANSWER: &str = "<error>";

/// Counts requests to one host.
#[derive(Clone, Debug)]
pub(super) struct CountRequests {
    pub(super) requests: Counter<3>,
    pub(super) host: Arc<str>,
}

impl CountRequests {
    /// A client that counts.
    pub(super) fn of(self, client: &Client) -> Client {
        Client::new(self.around(client), client.default_namespace())
    }

    /// A client that tries again where the server asks for it, as kube's own does, and counts each try. The client that it
    /// is made of must not try again by itself.
    pub(super) fn of_each_try(self, client: &Client) -> Client {
        let again = RetryLayer::new(RetryPolicy::server_retry());
        let service = again.layer(self.around(client));
        Client::new(service, client.default_namespace())
    }

    fn around(self, client: &Client) -> impl Sends {
        let client = client.clone();
        service_fn(move |request: Request<Body>| {
            let (client, count, method) = (client.clone(), self.clone(), request.method().clone());
            async move {
                let answer = client.send(request).await;
                let status = answer.as_ref().map(Response::status);
                let code = status.as_ref().map_or(NO_ANSWER, |status| status.as_str());
                count.requests.inc([code, method.as_str(), &count.host]);
                answer.map_err(BoxError::from)
            }
        })
    }
}

/// What a client is made of.
trait Sends:
    Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Sends for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = BoxError, Future: Send>
        + Clone
        + Send
        + 'static
{
}
