//! The queue of one controller, shared by its watches and its workers.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Notify, time::Instant};

use crate::{
    backoff::Backoff,
    cache::Written,
    cause::Cause,
    object::NamespacedName,
    queue::{Queue, Turn, Verdict},
};

#[derive(Debug)]
pub(crate) struct WorkQueue {
    queue: Mutex<Queue>,
    changed: Notify,
    /// The runs under way, by when they began.
    running: Mutex<BTreeMap<NamespacedName, Instant>>,
}

/// A queue at one moment, for those who measure it.
#[derive(Debug)]
pub(crate) struct QueueState {
    /// How many keys are in the line, by their priority. A priority that was seen once stays, with 0.
    pub(crate) depth: BTreeMap<i32, usize>,
    /// How often a key has been put into the line.
    pub(crate) adds: u64,
    /// How often a key was to come back by itself.
    pub(crate) retries: u64,
    /// When the runs under way began.
    pub(crate) running_since: Vec<Instant>,
}

impl WorkQueue {
    pub(crate) fn new() -> Self {
        Self {
            queue: Mutex::new(Queue::new(Backoff::RECONCILE)),
            changed: Notify::new(),
            running: Mutex::default(),
        }
    }

    pub(crate) fn add(&self, key: &NamespacedName, cause: Cause) {
        let mut queue = self.lock();
        queue.add(key, cause);
        queue.date(key, Instant::now());
        drop(queue);
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
        self.running().remove(key);
        self.lock()
            .finish(key, Instant::now(), verdict, writes, is_seen);
        self.changed.notify_one();
    }

    /// Waits for a key whose turn it is. One task at a time asks.
    pub(crate) async fn next(&self) -> Turn {
        loop {
            let (turn, due) = {
                let mut queue = self.lock();
                (queue.pop(Instant::now()), queue.next_due())
            };
            if let Some(turn) = turn {
                self.running().insert(turn.key.clone(), Instant::now());
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

    pub(crate) fn state(&self) -> QueueState {
        let (in_line, adds, retries) = self.lock().counts();
        QueueState {
            depth: BTreeMap::from([(0, in_line)]),
            adds,
            retries,
            running_since: self.running().values().copied().collect(),
        }
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<NamespacedName, Instant>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A panic under the lock leaves the queue whole: its own code does not panic half-way.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
