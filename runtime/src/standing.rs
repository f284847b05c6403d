//! How the watch of a kind stands: open, or down since when and why, and when it is tried again.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use crate::backoff::after_watch;

/// What a watch lives for at least, unless something is wrong: client-go calls one that ends earlier a failure.
pub(crate) const SHORT: Duration = Duration::from_secs(1);

/// How long a watch may be down before `/readyz` says so: an API server that restarts is back by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// It costs little to ask for, and its user is waiting.
const NOT_INSTALLED: Duration = Duration::from_secs(1);

/// Why a watch is broken, as far as it matters for what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server has forgotten the version from which to watch on: a list is next.
    Expired,
    /// The server does not know the kind.
    NotInstalled,
    Other,
}

/// How the watch of one kind stands.
#[derive(Debug)]
pub(crate) struct Standing {
    kind: String,
    state: Mutex<State>,
    synced: CancellationToken,
}

impl Standing {
    pub(crate) fn of(kind: String) -> Self {
        Self {
            kind,
            state: Mutex::new(State::down(Instant::now())),
            synced: CancellationToken::new(),
        }
    }

    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    pub(crate) fn is_synced(&self) -> bool {
        self.synced.is_cancelled()
    }

    pub(crate) async fn until_synced(&self) {
        self.synced.cancelled().await;
    }

    /// The first list has been read, or another one.
    pub(crate) fn listed(&self) {
        self.synced.cancel();
    }

    /// Something is about to be asked for, after the pause that is returned.
    pub(crate) fn before_request(&self) -> Duration {
        self.state().before_request()
    }

    /// How long to wait after what went wrong, if that is still to be waited for.
    pub(crate) fn take_pause(&self) -> Duration {
        self.state().take_pause()
    }

    /// Something came of an open watch: at first that it is open.
    pub(crate) fn heard(&self) {
        self.state().heard(Instant::now());
    }

    /// An open watch has lived long enough to be in order.
    pub(crate) fn settled(&self) {
        if let Some(down) = self.state().settled() {
            info!(
                kind = self.kind,
                "watching again after {:.1} s",
                down.as_secs_f64()
            );
        }
    }

    /// An open watch has ended.
    pub(crate) fn closed(&self) {
        let failures = self.state().closed(Instant::now());
        match failures {
            0 => {}
            1 => debug!(kind = self.kind, "{TOO_SHORT}"),
            _ => warn!(kind = self.kind, failures, "{TOO_SHORT}"),
        }
    }

    /// A list or a watch has failed. Returns how often in a row.
    pub(crate) fn failed(&self, trouble: Trouble, reason: String) -> u32 {
        self.state().failed(trouble, reason, Instant::now())
    }

    /// What is to be said of a watch that has been down for long.
    pub(crate) fn complaint(&self) -> Option<String> {
        let state = self.state();
        let down = state.down_for(Instant::now());
        let down = down.filter(|down| *down > PATIENCE)?.as_secs();
        let reason = state.reason.as_deref().unwrap_or("there is no answer");
        Some(format!("{} not watched for {down} s: {reason}", self.kind))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const TOO_SHORT: &str = "the watch has ended as soon as it began";

#[derive(Debug)]
struct State {
    link: Link,
    failures: u32,
    /// Whether what was asked for last counts as a failure already.
    is_counted: bool,
    /// Whether one of these failures was that a version had expired.
    has_expired: bool,
    pause: Duration,
    reason: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Link {
    Down { since: Instant },
    Open { at: Instant, down_since: Instant },
}

impl State {
    fn down(since: Instant) -> Self {
        Self {
            link: Link::Down { since },
            failures: 0,
            is_counted: false,
            has_expired: false,
            pause: Duration::ZERO,
            reason: None,
        }
    }

    fn before_request(&mut self) -> Duration {
        self.is_counted = false;
        self.take_pause()
    }

    fn take_pause(&mut self) -> Duration {
        std::mem::take(&mut self.pause)
    }

    fn heard(&mut self, now: Instant) {
        if let Link::Down { since } = self.link {
            self.link = Link::Open {
                at: now,
                down_since: since,
            };
        }
    }

    /// Returns how long it was down, if that was for a failure.
    fn settled(&mut self) -> Option<Duration> {
        let Link::Open { at, down_since } = self.link else {
            return None;
        };
        (self.forget_failures() > 0).then(|| at - down_since)
    }

    /// Returns how often in a row it was too short-lived or failed.
    fn closed(&mut self, now: Instant) -> u32 {
        let Link::Open { at, down_since } = self.link else {
            return 0;
        };
        if now - at >= SHORT {
            self.link = Link::Down { since: now };
            self.forget_failures();
            return 0;
        }
        self.link = Link::Down { since: down_since };
        self.reason = Some(TOO_SHORT.into());
        self.count();
        self.pause = after_watch(self.failures);
        self.failures
    }

    fn failed(&mut self, trouble: Trouble, reason: String, now: Instant) -> u32 {
        self.closed(now);
        self.count();
        self.reason = Some(reason);
        self.pause = match trouble {
            // A list mends it, and is asked for at once: if it does not mend it, it is no different from other troubles.
            Trouble::Expired if !self.has_expired => Duration::ZERO,
            Trouble::NotInstalled => NOT_INSTALLED,
            Trouble::Expired | Trouble::Other => after_watch(self.failures),
        };
        self.has_expired |= trouble == Trouble::Expired;
        self.failures
    }

    fn forget_failures(&mut self) -> u32 {
        self.reason = None;
        self.has_expired = false;
        std::mem::take(&mut self.failures)
    }

    fn count(&mut self) {
        self.failures = self.failures.saturating_add(u32::from(!self.is_counted));
        self.is_counted = true;
    }

    fn down_for(&self, now: Instant) -> Option<Duration> {
        match self.link {
            Link::Open { at, .. } if now - at >= SHORT => None,
            Link::Down { since }
            | Link::Open {
                down_since: since, ..
            } => Some(now - since),
        }
    }
}

#[cfg(test)]
mod tests;
