//! Which object is reconciled next, and when.
//!
//! A state without I/O or time of its own. For each key it keeps every cause since the last run, the failures in a
//! row of one generation, and the writes of the last run that the watch has yet to show: until it has shown them the key waits, so a
//! reconcile always reads its own writes. No key runs twice at once.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    backoff::{Delay, after_reconcile, delay_after},
    cache::Written,
    cause::{Cause, Verb},
    line::{Line, line_by},
    object::NamespacedName,
    order::{Order, Priority, Waiting},
};

/// Causes are for people: more than these are called for, and not named.
const MOST_CAUSES: usize = 32;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing to do until something happens.
    Done,
    /// Come back after this time.
    After(Duration),
    /// It failed: come back after the backoff.
    Retry,
    /// It failed in a way that no retry mends: wait for something to happen.
    GiveUp,
}

/// A key whose turn it is.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) key: NamespacedName,
    pub(crate) causes: Vec<Cause>,
    /// Counted from 1: how many runs in a row have failed for this generation, and this one.
    pub(crate) attempt: u32,
    /// When it was called for first, and how long that was ago.
    pub(crate) called_at: Instant,
    pub(crate) waited: Duration,
}

/// A call for a run that has not begun.
#[derive(Clone, Copy, Debug)]
struct Call {
    since: Instant,
    /// How many calls of whatever key came before.
    number: u64,
    priority: i32,
}

#[derive(Debug, Default)]
struct Entry {
    running_since: Option<Instant>,
    call: Option<Call>,
    /// When it comes back by itself, and why.
    due: Option<(Instant, Cause)>,
    causes: Vec<Cause>,
    /// Whether there were more.
    has_more_causes: bool,
    failures: u32,
    /// What the failures are about.
    generation: Option<i64>,
    /// The generation when the run began.
    ran_generation: Option<i64>,
    /// That of the last call: what comes back by itself does so with the priority that it had.
    priority: i32,
    unseen: Vec<Written>,
}

impl Entry {
    /// The call that may be answered now.
    fn ready(&self) -> Option<Call> {
        let is_free = self.running_since.is_none() && self.unseen.is_empty();
        self.call.filter(|_| is_free)
    }

    fn is_idle(&self) -> bool {
        self.running_since.is_none()
            && self.call.is_none()
            && self.due.is_none()
            && self.unseen.is_empty()
            && self.failures == 0
    }

    /// A repeated call keeps the earlier time and the higher priority.
    fn call(&mut self, since: Instant, priority: i32, counts: &mut Counts) {
        let call = self.call.get_or_insert_with(|| {
            counts.calls += 1;
            Call {
                since,
                number: counts.calls,
                priority,
            }
        });
        call.priority = call.priority.max(priority);
    }
}

/// How much a queue has had to do.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    calls: u64,
    retries: u64,
}

/// How a queue stands, for its metrics.
#[derive(Debug, Default)]
pub(crate) struct QueueState {
    /// How many keys wait for their run, by each priority that was ever called with, and 0.
    pub(crate) depth: BTreeMap<i32, usize>,
    /// How often a key began to wait.
    pub(crate) adds: u64,
    /// How often a key was to come back by itself.
    pub(crate) retries: u64,
    /// When each run under way has begun.
    pub(crate) running_since: Vec<Instant>,
}

pub(crate) struct Queue {
    entries: BTreeMap<NamespacedName, Entry>,
    /// The keys that may run.
    line: Box<dyn Line>,
    timers: BTreeSet<(Instant, NamespacedName)>,
    /// The keys that wait for the watch of a kind to show a version.
    waiting: BTreeMap<(TypeId, u64), BTreeSet<NamespacedName>>,
    counts: Counts,
    /// Those that were called with.
    priorities: BTreeSet<i32>,
    backoff: Delay,
}

impl Queue {
    /// Takes keys in this order; none is there yet.
    pub(crate) fn order_by(&mut self, order: impl Order) {
        self.line = line_by(order);
    }

    pub(crate) fn back_off(&mut self, delay: Delay) {
        self.backoff = delay;
    }

    /// Calls for a run of `key`: now, or right after the one that is under way. It does not wait for a backoff, and a new
    /// generation is not held to the failures of the last one.
    ///
    /// The echo of what the key's own last run wrote to it calls for nothing: that run knew what it wrote.
    pub(crate) fn add(&mut self, key: &NamespacedName, cause: Cause, now: Instant) {
        self.priorities.insert(cause.priority());
        self.change(key, |entry, counts| {
            if entry.unseen.iter().any(|write| is_echo(&cause, write)) {
                return;
            }
            if cause
                .generation()
                .is_some_and(|told| entry.generation.replace(told) != Some(told))
            {
                entry.failures = 0;
            }
            entry.call(now, cause.priority(), counts);
            if entry.causes.contains(&cause) {
                return;
            }
            if entry.causes.len() < MOST_CAUSES {
                entry.causes.push(cause);
            } else {
                entry.has_more_causes = true;
            }
        });
    }

    /// The key whose turn it is at `now`; from here to [`Queue::finish`] it is running.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Turn> {
        self.wake_due(now);
        let key = self.next_in_line()?;
        self.change(&key.clone(), |entry, _| {
            let call = entry.call.take()?;
            entry.has_more_causes = false;
            entry.running_since = Some(now);
            entry.ran_generation = entry.generation;
            entry.due = None;
            entry.priority = call.priority;
            Some(Turn {
                key,
                causes: std::mem::take(&mut entry.causes),
                attempt: entry.failures.saturating_add(1),
                called_at: call.since,
                waited: now.duration_since(call.since),
            })
        })
    }

    /// When the next key comes back by itself.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Ends the run of `key`, which wrote `writes`; `is_seen` tells which of them the watch has shown already.
    pub(crate) fn finish(
        &mut self,
        key: &NamespacedName,
        now: Instant,
        verdict: Verdict,
        writes: Vec<Written>,
        is_seen: impl Fn(&Written) -> bool,
    ) {
        let backoff = self.backoff.clone();
        self.change(key, |entry, counts| {
            entry.running_since = None;
            entry
                .causes
                .retain(|cause| !writes.iter().any(|write| is_echo(cause, write)));
            if entry.causes.is_empty() && !entry.has_more_causes {
                entry.call = None;
            }
            entry.unseen = writes;
            entry.unseen.retain(|write| !is_seen(write));
            let is_of_this_generation = entry.ran_generation == entry.generation;
            entry.failures = match verdict {
                Verdict::Retry if is_of_this_generation => entry.failures.saturating_add(1),
                _ => 0,
            };
            // A time that no clock will show is never.
            let due = |delay, cause| now.checked_add(delay).map(|due| (due, cause));
            entry.due = match verdict {
                Verdict::After(delay) => due(delay, Cause::RequeueAfter),
                Verdict::Retry => due(delay_after(&backoff, entry.failures.max(1)), Cause::Retry),
                Verdict::Done | Verdict::GiveUp => None,
            };
            counts.retries += u64::from(entry.due.is_some());
        });
    }

    pub(crate) fn state(&self) -> QueueState {
        let mut state = QueueState {
            depth: self.priorities.iter().map(|one| (*one, 0)).collect(),
            adds: self.counts.calls,
            retries: self.counts.retries,
            ..QueueState::default()
        };
        for entry in self.entries.values() {
            match (entry.running_since, entry.call) {
                (Some(since), _) => state.running_since.push(since),
                (None, Some(call)) => *state.depth.entry(call.priority).or_default() += 1,
                (None, None) => {}
            }
        }
        state
    }

    /// Tells that the watch of kind `id` has shown all versions up to `progress`.
    pub(crate) fn observe(&mut self, id: TypeId, progress: u64) {
        self.release(id, progress, |write| write.version <= progress);
    }

    /// Tells that a list of kind `id` has been read to its end: `is_seen` knows what need not be waited for any more.
    pub(crate) fn relisted(&mut self, id: TypeId, is_seen: impl Fn(&Written) -> bool) {
        self.release(id, u64::MAX, is_seen);
    }

    fn release(&mut self, id: TypeId, up_to: u64, is_seen: impl Fn(&Written) -> bool) {
        let waiting = self.waiting.range((id, 0)..=(id, up_to));
        let keys: BTreeSet<_> = waiting.flat_map(|(_, keys)| keys.iter().cloned()).collect();
        for key in keys {
            self.change(&key, |entry, _| {
                let still_waits = |write: &Written| write.id != id || !is_seen(write);
                entry.unseen.retain(still_waits);
            });
        }
    }

    fn wake_due(&mut self, now: Instant) {
        while let Some((due, key)) = self.timers.first().cloned()
            && due <= now
        {
            self.change(&key, |entry, counts| {
                if let Some((due, cause)) = entry.due.take() {
                    entry.causes.push(cause);
                    entry.call(due, entry.priority, counts);
                }
            });
        }
    }

    /// The one way to change an entry: it keeps the line, the timers and the waiting in step, and forgets entries at rest.
    fn change<T>(
        &mut self,
        key: &NamespacedName,
        change: impl FnOnce(&mut Entry, &mut Counts) -> T,
    ) -> T {
        let mut entry = self.entries.remove(key).unwrap_or_default();
        let was_ready = entry.ready().map(|call| (call.number, call.priority));
        if let Some((due, _)) = &entry.due {
            self.timers.remove(&(*due, key.clone()));
        }
        for write in &entry.unseen {
            self.stop_waiting(key, write);
        }

        let changed = change(&mut entry, &mut self.counts);

        self.keep_in_line(key, was_ready, entry.ready());
        if let Some((due, _)) = &entry.due {
            self.timers.insert((*due, key.clone()));
        }
        for write in &entry.unseen {
            self.waiting
                .entry((write.id, write.version))
                .or_default()
                .insert(key.clone());
        }
        if !entry.is_idle() {
            self.entries.insert(key.clone(), entry);
        }
        changed
    }

    /// An author's order may be none, and leave in line what is not ready any more.
    fn next_in_line(&mut self) -> Option<NamespacedName> {
        loop {
            let key = self.line.pop()?;
            let entry = self.entries.get(&key);
            if entry.is_some_and(|entry| entry.ready().is_some()) {
                return Some(key);
            }
        }
    }

    fn keep_in_line(&mut self, key: &NamespacedName, was: Option<(u64, i32)>, is: Option<Call>) {
        if was == is.map(|call| (call.number, call.priority)) {
            return;
        }
        if was.is_some() {
            self.line.leave(key);
        }
        if let Some(call) = is {
            let waiting = Waiting {
                key,
                priority: call.priority,
                since: call.since,
            };
            self.line.join(&waiting, call.number);
        }
    }

    fn stop_waiting(&mut self, key: &NamespacedName, write: &Written) {
        let place = (write.id, write.version);
        if let Some(keys) = self.waiting.get_mut(&place) {
            keys.remove(key);
            if keys.is_empty() {
                self.waiting.remove(&place);
            }
        }
    }
}

/// Whether `cause` is the watch showing this very write. A deletion never is: a relist reports one with the version
/// that was seen last.
fn is_echo(cause: &Cause, write: &Written) -> bool {
    match cause {
        Cause::Event {
            verb: Verb::Deleted,
            ..
        }
        | Cause::Retry
        | Cause::RequeueAfter
        | Cause::Resync => false,
        Cause::Event { object, .. } => {
            write.is_ours
                && object.is_next
                && object.id == write.id
                && object.name == write.name
                && object.version == Some(write.version)
        }
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            line: line_by(Priority),
            timers: BTreeSet::new(),
            waiting: BTreeMap::new(),
            counts: Counts::default(),
            priorities: BTreeSet::from([0]),
            backoff: Arc::new(after_reconcile),
        }
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
