//! From the core's answers to HTTP.

use std::{convert::Infallible, time::Duration};

use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, Response, header};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::Bytes;
use tokio::time::{Instant, sleep_until};

use super::shared::Shared;
use crate::{Answer, Reply, Told, Watch, auth::User};

/// What is sent.
pub(crate) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// How long a watch lasts whose client did not say: the least of apiserver's `--min-request-timeout`.
const WATCH: Duration = Duration::from_secs(1800);

/// How often a watch tells how far it came.
const BETWEEN_BOOKMARKS: Duration = Duration::from_secs(60);

/// How long before its end it tells that once more.
const BEFORE_END: Duration = Duration::from_secs(2);

/// Carries a request out.
pub(crate) fn answer(
    shared: &Shared,
    request: &http::Request<Vec<u8>>,
    certificate: Option<&User>,
) -> Response<Body> {
    match shared.answer(request, certificate) {
        Answer::Reply(reply) => of_reply(reply),
        Answer::Watch(watch) => of_watch(shared.clone(), watch),
    }
}

pub(crate) fn of_reply(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)).boxed_unsync());
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if !reply.content_type.is_empty() {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(reply.content_type),
        );
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    if let Some(seconds) = reply.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    warn(headers, &reply.warnings);
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

fn warn(headers: &mut HeaderMap, warnings: &[String]) {
    for warning in warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{quoted}\"")) {
            headers.append(header::WARNING, value);
        }
    }
}

fn of_watch(shared: Shared, watch: Watch) -> Response<Body> {
    let content_type = HeaderValue::from_static(watch.content_type());
    let warnings = watch.warnings.clone();
    let frames = events(shared, watch).map(|bytes| Ok(Frame::data(Bytes::from(bytes))));
    let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
    let headers = response.headers_mut();
    warn(headers, &warnings);
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    response
}

/// What a watch tells, until its time is over.
fn events(shared: Shared, watch: Watch) -> impl Stream<Item = Vec<u8>> + Send {
    let timeout = watch.timeout_seconds().map_or(WATCH, Duration::from_secs);
    let deadline = Instant::now() + timeout;
    let changes = shared.changes();
    let state = Some((shared, watch, changes, next_bookmark(deadline)));
    stream::unfold(state, move |state| async move {
        let (shared, mut watch, mut changes, bookmark) = state?;
        loop {
            changes.mark_heard();
            match shared.tell(&mut watch) {
                Told::Events(bytes) => {
                    return Some((bytes, Some((shared, watch, changes, bookmark))));
                }
                Told::End => return None,
                Told::Nothing => {}
            }
            tokio::select! {
                biased;
                () = changes.changed() => {}
                () = sleep_until(deadline) => return None,
                () = sleep_until(bookmark) => {
                    let next = next_bookmark(deadline);
                    return Some((watch.how_far(), Some((shared, watch, changes, next))));
                }
            }
        }
    })
}

/// Once a minute, and before the end (`nextBookmarkTime` of apiserver's cacher).
fn next_bookmark(deadline: Instant) -> Instant {
    let now = Instant::now();
    let regular = now + BETWEEN_BOOKMARKS;
    let last = deadline.checked_sub(BEFORE_END);
    last.filter(|last| (now..regular).contains(last) && *last != now)
        .unwrap_or(regular)
}
