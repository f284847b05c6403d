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

/// How long before the end of a watch it tells how far it came.
const BOOKMARK: Duration = Duration::from_secs(2);

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
    let bookmark = deadline.checked_sub(BOOKMARK).unwrap_or(deadline);
    let changes = shared.changes();
    // Where a watch is too short for it, there is none.
    let state = Some((shared, watch, changes, timeout <= BOOKMARK));
    stream::unfold(state, move |state| async move {
        let (shared, mut watch, mut changes, marked) = state?;
        loop {
            changes.mark_heard();
            match shared.tell(&mut watch) {
                Told::Events(bytes) => {
                    return Some((bytes, Some((shared, watch, changes, marked))));
                }
                Told::End => return None,
                Told::Nothing => {}
            }
            tokio::select! {
                biased;
                () = changes.changed() => {}
                () = sleep_until(deadline) => return None,
                () = sleep_until(bookmark), if !marked => {
                    return Some((watch.how_far(), Some((shared, watch, changes, true))));
                }
            }
        }
    })
}
