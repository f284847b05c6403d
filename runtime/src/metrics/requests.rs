//! Counts the requests to the API server.

use std::sync::Arc;

use axum::http::{Request, Response};
use kube::client::Body;
use tower::{ServiceExt as _, service_fn};

use super::series::Counter;
use crate::sends::Sends;

/// What client-go calls a host that it does not know.
const UNKNOWN_HOST: &str = "none";

/// What client-go says in place of a status where there was no answer.
const NO_ANSWER: &str = "<error>";

/// Counts each request to this host.
pub(super) fn counting<S: Sends>(
    sends: S,
    requests: Counter<3>,
    host: Option<&str>,
) -> impl Sends + use<S> {
    let host: Arc<str> = host.unwrap_or(UNKNOWN_HOST).into();
    service_fn(move |request: Request<Body>| {
        let (sends, requests, host) = (sends.clone(), requests.clone(), host.clone());
        async move {
            let method = request.method().clone();
            let answer = sends.oneshot(request).await;
            let status = answer.as_ref().map(Response::status);
            let code = status.as_ref().map_or(NO_ANSWER, |status| status.as_str());
            requests.inc([code, method.as_str(), &host]);
            answer
        }
    })
}
