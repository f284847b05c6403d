//! The queue of one controller, shared by its watches and its workers.

use std::{
    any::TypeId,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{sync::Notify, time::Instant};

use crate::{
    cache::Written,
    cause::Cause,
    object::NamespacedName,
    queue::{Queue, QueueState, Turn, Verdict},
};

#[derive(Debug)]
pub(crate) struct WorkQueue {
    queue: Mutex<Queue>,
    changed: Notify,
    is_closed: AtomicBool,
}

impl WorkQueue {
    pub(crate) fn new(queue: Queue) -> Self {
        Self {
            queue: Mutex::new(queue),
            changed: Notify::new(),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Takes in no call: nobody is there to answer one before this replica leads.
    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }

    /// Takes in calls again. Returns whether it did not so far: then all that it has not heard of is to be called for.
    pub(crate) fn open(&self) -> bool {
        self.is_closed.swap(false, Ordering::Relaxed)
    }

    pub(crate) fn add(&self, key: &NamespacedName, cause: Cause) {
        if self.is_closed.load(Ordering::Relaxed) {
            return;
        }
        self.lock().add(key, cause, Instant::now());
        self.changed.notify_one();
    }

    pub(crate) fn observe(&self, id: TypeId, progress: u64) {
        self.lock().observe(id, progress);
        self.changed.notify_one();
    }

    pub(crate) fn relisted(&self, id: TypeId, is_seen: impl Fn(&Written) -> bool) {
        self.lock().relisted(id, is_seen);
        self.changed.notify_one();
    }

    pub(crate) fn finish(
        &self,
        key: &NamespacedName,
        verdict: Verdict,
        writes: Vec<Written>,
        is_seen: impl Fn(&Written) -> bool,
    ) {
        self.lock()
            .finish(key, Instant::now(), verdict, writes, is_seen);
        self.changed.notify_one();
    }

    pub(crate) fn state(&self) -> QueueState {
        self.lock().state()
    }

    /// Waits for a key whose turn it is. One task at a time asks.
    pub(crate) async fn next(&self) -> Turn {
        loop {
            let (turn, due) = {
                let mut queue = self.lock();
                (queue.pop(Instant::now()), queue.next_due())
            };
            if let Some(turn) = turn {
                return turn;
            }
            match due {
                None => self.changed.notified().await,
                Some(due) => {
                    let _ = tokio::time::timeout_at(due, self.changed.notified()).await;
                }
            }
        }
    }

    /// A panic under the lock leaves the queue whole: its own code does not panic half-way.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
