//! What a replica that waits for its chance looks at, and tells.

use std::future::pending;

use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::api::coordination::v1::Lease;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::leases::Leases;
use crate::error::chain;

pub(crate) struct Lookout {
    pub(crate) next_look: Instant,
    /// What the watch of the Lease shows. Where there is none, or it may not be watched, the next look tells.
    changes: Option<BoxStream<'static, Lease>>,
    /// What was said last: it is said once.
    said: String,
}

impl Lookout {
    /// Looks at once.
    pub(crate) fn new() -> Self {
        Self {
            next_look: Instant::now(),
            changes: None,
            said: String::new(),
        }
    }

    /// The Lease when it changes from this version on.
    pub(crate) async fn change(&mut self, leases: &Leases, version: Option<&str>) -> Lease {
        if let (None, Some(version)) = (&self.changes, version) {
            self.changes = Some(leases.changes(version));
        }
        if let Some(changes) = &mut self.changes
            && let Some(lease) = changes.next().await
        {
            return lease;
        }
        // The next look opens another watch.
        self.changes = None;
        pending().await
    }

    pub(crate) fn tell_leader(&mut self, lease: &str, leader: &str) {
        if self.is_new(format!("held by {leader}")) {
            info!(lease, leader, "waiting: another replica leads");
        }
    }

    /// Tells what failed, and will be tried again.
    pub(crate) fn warn(&mut self, what: &str, lease: &str, error: &kube::Error) {
        let error = chain(error);
        if self.is_new(format!("{what}: {error}")) {
            warn!(lease, error, "{what}; will be tried until it works");
        } else {
            debug!(lease, error, "{what}");
        }
    }

    fn is_new(&mut self, words: String) -> bool {
        let is_new = words != self.said;
        self.said = words;
        is_new
    }
}
