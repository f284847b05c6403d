//! The records for people: a page at `/`, which follows the event stream at `/events`.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::State,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use serde::Serialize;

use crate::{
    Service, json,
    proposal::Proposal,
    refusal::Refusal,
    speaker::Speaker,
    store::{Store, StoreError},
};

/// Changes that follow each other this closely are one event.
const BURST: Duration = Duration::from_millis(50);

/// Nothing from elsewhere, and no text that becomes HTML.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

pub(crate) fn routes() -> Router<Service> {
    Router::new()
        .route("/", get(page))
        .route("/events", get(events))
}

/// Everything that the page shows.
#[derive(Serialize)]
struct Records {
    speakers: Vec<Speaker>,
    proposals: Vec<Proposal>,
}

async fn page() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, include_str!("page.html"))
}

/// The records as they are, and again after every change. Each event tells all, so none can be missed.
async fn events(
    State(service): State<Service>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = service.store.changes();
    changes.mark_changed();
    let events = stream::unfold(changes, move |mut changes| {
        let store = service.store.clone();
        async move {
            changes.changed().await.ok()?;
            tokio::time::sleep(BURST).await;
            changes.mark_unchanged();
            let event = store.run(event).await;
            Some((Ok(event), changes))
        }
    });
    let closing = service.closing.cancelled_owned();
    Sse::new(events.take_until(closing)).keep_alive(KeepAlive::default())
}

fn event(store: &Store) -> Event {
    match records(store) {
        Ok(records) => Event::default().event("records").data(json::text(&records)),
        Err(error) => Event::default()
            .event("trouble")
            .data(Refusal::from(error).text),
    }
}

fn records(store: &Store) -> Result<Records, StoreError> {
    Ok(Records {
        speakers: store.list()?,
        proposals: store.list()?,
    })
}
