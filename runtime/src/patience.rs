//! What an operator's client waits for, and how long.
//!
//! kube's own client repeats whatever is answered with 429, 503 or 504 up to 15 times, in silence and for minutes: the
//! queue and the watches, which back off themselves and tell of it, would not hear of an outage, and the author of an
//! eviction not of a disruption budget that forbids it. So that is switched off, and only what the API server asks to have
//! repeated is repeated, as in client-go.

use std::time::Duration;

use axum::http::{Request, Response, StatusCode, header::RETRY_AFTER};
use kube::client::Body;
use tokio::time::{Instant, sleep, timeout};
use tower::{ServiceExt as _, service_fn};
use tracing::debug;

use crate::{error::BoxError, sends::Sends};

/// The API server's own limit for a request (`--request-timeout`). It is for the beginning of the answer: a watch, or a
/// log that is followed, goes on after it.
const ANSWER: Duration = Duration::from_secs(60);

/// How long a request is repeated at most where the API server asks for that: then its last answer counts.
const REPEATS: Duration = Duration::from_secs(30);

/// Comes back when it is asked to, and does not wait for ever for an answer.
pub(crate) fn patient<S: Sends>(sends: S) -> impl Sends + use<S> {
    service_fn(move |request: Request<Body>| send(sends.clone(), request))
}

async fn send(sends: impl Sends, mut request: Request<Body>) -> Result<Response<Body>, BoxError> {
    let deadline = Instant::now() + REPEATS;
    loop {
        let (first, again) = twice(request);
        let late = |_| format!("no answer within {} s", ANSWER.as_secs());
        let answer = timeout(ANSWER, sends.clone().oneshot(first)).await;
        let answer = answer.map_err(late)??;
        match (again, asked_to_wait(&answer)) {
            (Some(again), Some(delay))
                if delay <= deadline.saturating_duration_since(Instant::now()) =>
            {
                debug!(uri = %again.uri(), "the API server is busy; trying again after {delay:?}");
                sleep(delay).await;
                request = again;
            }
            _ => return Ok(answer),
        }
    }
}

/// The request, and a copy of it where its body can be sent again.
fn twice(request: Request<Body>) -> (Request<Body>, Option<Request<Body>>) {
    let (parts, body) = request.into_parts();
    let again = body
        .try_clone()
        .map(|body| Request::from_parts(parts.clone(), body));
    (Request::from_parts(parts, body), again)
}

/// How long the API server wants to be left alone, where it has not done what was asked.
fn asked_to_wait(answer: &Response<Body>) -> Option<Duration> {
    let is_busy = matches!(
        answer.status(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let header = answer.headers().get(RETRY_AFTER).filter(|_| is_busy)?;
    let seconds: u64 = header.to_str().ok()?.parse().ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
