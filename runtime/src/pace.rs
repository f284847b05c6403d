//! A watch that ends as soon as it begins is not opened again at once.
//!
//! kube's watcher opens a watch that ended without an error anew, at once and without a word. A server, or a proxy in
//! between, that closes every watch would be asked tens of thousands of times a second; client-go calls a watch that
//! lived for less than a second a failure, and backs off.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kube::{Client, client::Body};
use tokio::time::Instant;

use crate::backoff::after_watch;

/// What a watch lives for at least, unless something is wrong.
const SHORT: Duration = Duration::from_secs(1);

/// When the watch was opened last, and how many short-lived ones came before it.
#[derive(Debug, Default)]
struct Pace {
    opened: Option<Instant>,
    short: u32,
}

impl Pace {
    /// How long to wait before the watch is opened at `now`.
    fn before_opening(&mut self, now: Instant) -> Duration {
        let is_short = self
            .opened
            .is_some_and(|opened| now.duration_since(opened) < SHORT);
        self.short = if is_short { self.short + 1 } else { 0 };
        let delay = if is_short {
            after_watch(self.short)
        } else {
            Duration::ZERO
        };
        self.opened = Some(now + delay);
        delay
    }
}

/// The client for the one watch of a kind.
pub(crate) fn paced(client: Client) -> Client {
    let pace = Arc::new(Mutex::new(Pace::default()));
    let namespace = client.default_namespace().to_owned();
    let service = tower::service_fn(move |request: axum::http::Request<Body>| {
        let (client, pace) = (client.clone(), pace.clone());
        async move {
            if request
                .uri()
                .query()
                .is_some_and(|query| query.contains("watch=true"))
            {
                let now = Instant::now();
                let delay = pace
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .before_opening(now);
                tokio::time::sleep(delay).await;
            }
            client.send(request).await
        }
    });
    Client::new(service, namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_watches_are_opened_ever_more_slowly_and_a_long_one_forgets() {
        let mut pace = Pace::default();
        let mut now = Instant::now();
        let mut delays = Vec::new();
        for lived in [0, 10, 10, 10, 5_000, 10] {
            now += Duration::from_millis(lived);
            let delay = pace.before_opening(now);
            delays.push(delay.as_millis());
            now += delay;
        }
        assert_eq!(delays, [0, 800, 1600, 3200, 0, 800]);
    }
}
