//! The client of one watch: it asks at a pace, and waits for nothing for ever.
//!
//! kube's watcher opens a watch that ended without an error anew, at once and without a word. A server, or a proxy in
//! between, that closes every watch would be asked tens of thousands of times a second. And it waits for the answer to a
//! list without a limit, and for a word of an open watch for five minutes: where the other end is gone and nothing says so,
//! the cache would stand still.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body as AnyBody, BodyDataStream, Bytes},
    http::{Request, Response},
};
use futures::{StreamExt, stream::unfold};
use kube::{Client, client::Body};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::debug;

use crate::{
    error::BoxError,
    standing::{SHORT, Standing},
};

/// The API server's own limit for a request that is no watch (`--request-timeout`).
const LIST: Duration = Duration::from_secs(60);

/// A watch is answered at once, and then goes on.
const OPENING: Duration = Duration::from_secs(30);

/// The API server sends a bookmark every minute (1.35). Where it sends none, the watch is opened anew, which costs little.
const SILENCE: Duration = Duration::from_secs(75);

type Answer = Result<Response<AnyBody>, BoxError>;

/// The client for the one watch that stands like this.
pub(crate) fn paced(client: Client, standing: Arc<Standing>) -> Client {
    let namespace = client.default_namespace().to_owned();
    let service = tower::service_fn(move |request: Request<Body>| {
        let (client, standing) = (client.clone(), standing.clone());
        async move {
            tokio::time::sleep(standing.before_request()).await;
            let query = request.uri().query().unwrap_or_default();
            if query.contains("watch=true") {
                open(&client, request, standing).await
            } else {
                list(&client, request).await
            }
        }
    });
    Client::new(service, namespace)
}

async fn list(client: &Client, request: Request<Body>) -> Answer {
    let deadline = Instant::now() + LIST;
    let late = |_| BoxError::from(format!("no answer within {} s", LIST.as_secs()));
    let answer = timeout_at(deadline, client.send(request)).await;
    Ok(answer.map_err(late)??.map(|body| {
        let chunks = AnyBody::new(body).into_data_stream();
        AnyBody::from_stream(unfold(chunks, move |mut chunks| async move {
            let chunk = match timeout_at(deadline, chunks.next()).await {
                Ok(chunk) => chunk?.map_err(BoxError::from),
                Err(elapsed) => Err(late(elapsed)),
            };
            Some((chunk, chunks))
        }))
    }))
}

async fn open(client: &Client, request: Request<Body>, standing: Arc<Standing>) -> Answer {
    let late = |_| format!("no answer within {} s", OPENING.as_secs());
    let answer = timeout(OPENING, client.send(request)).await;
    let answer = answer.map_err(late)??;
    if !answer.status().is_success() {
        return Ok(answer.map(AnyBody::new));
    }
    Ok(answer.map(|body| {
        let open = Open::new(AnyBody::new(body).into_data_stream(), standing);
        AnyBody::from_stream(unfold(open, async |mut open| {
            let chunk = open.next().await?;
            Some((chunk, open))
        }))
    }))
}

/// An open watch.
struct Open {
    chunks: BodyDataStream,
    standing: Arc<Standing>,
    since: Instant,
    is_settled: bool,
}

impl Open {
    fn new(chunks: BodyDataStream, standing: Arc<Standing>) -> Self {
        standing.heard();
        Self {
            chunks,
            standing,
            since: Instant::now(),
            is_settled: false,
        }
    }

    async fn next(&mut self) -> Option<Result<Bytes, axum::Error>> {
        loop {
            let limit = if self.is_settled {
                Instant::now() + SILENCE
            } else {
                self.since + SHORT
            };
            match timeout_at(limit, self.chunks.next()).await {
                Ok(chunk) => {
                    if let Some(Ok(_)) = chunk {
                        self.standing.heard();
                    }
                    return chunk;
                }
                Err(_) if self.is_settled => {
                    debug!(
                        kind = self.standing.kind(),
                        "no word for {} s; opening the watch anew",
                        SILENCE.as_secs()
                    );
                    return None;
                }
                Err(_) => {
                    self.is_settled = true;
                    self.standing.settled();
                }
            }
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.standing.closed();
    }
}

#[cfg(test)]
mod tests;
