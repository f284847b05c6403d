//! Who waits for a write, and is told of it.
//!
//! Those who wait are woken in the order in which they began to, so that a run can be replayed; tokio's `watch` channel
//! wakes them in any order.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::Notify;

/// Tells of changes.
#[derive(Clone, Default)]
pub(crate) struct Changes(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// How many there were.
    count: AtomicU64,
    waiting: Notify,
}

/// Hears of changes.
pub(crate) struct Listener {
    changes: Changes,
    heard: u64,
}

impl Changes {
    pub(crate) fn announce(&self) {
        self.0.count.fetch_add(1, Ordering::SeqCst);
        self.0.waiting.notify_waiters();
    }

    /// One that hears of each change after now.
    pub(crate) fn listen(&self) -> Listener {
        Listener {
            changes: self.clone(),
            heard: self.count(),
        }
    }

    fn count(&self) -> u64 {
        self.0.count.load(Ordering::SeqCst)
    }
}

impl Listener {
    /// From here on only later changes count.
    pub(crate) fn mark_heard(&mut self) {
        self.heard = self.changes.count();
    }

    /// Waits for a change, unless there was one.
    pub(crate) async fn changed(&self) {
        // It is woken by what comes from here on, so nothing is missed in between.
        let woken = self.changes.0.waiting.notified();
        if self.changes.count() == self.heard {
            woken.await;
        }
    }
}
