//! Which object is reconciled next, and when.
//!
//! A state without I/O or time of its own. For each key it keeps every cause since the last run, the failures in a
//! row, and the writes of the last run that the watch has yet to show: until it has shown them the key waits, so a
//! reconcile always reads its own writes. No key runs twice at once.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tokio::time::Instant;

use crate::{
    backoff::Backoff,
    cache::Written,
    cause::{Cause, Verb},
    object::NamespacedName,
};

/// More than a run writes to its object, so that what is left out is never the only call.
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
    /// Since when the key was in the line.
    pub(crate) since: Instant,
}

#[derive(Debug, Default)]
struct Entry {
    running: bool,
    /// Its place in the line; none while nothing calls for a run.
    place: Option<u64>,
    /// Since when it has been in the line.
    since: Option<Instant>,
    /// When it comes back by itself, and why.
    due: Option<(Instant, Cause)>,
    causes: Vec<Cause>,
    failures: u32,
    unseen: Vec<Written>,
}

impl Entry {
    fn is_ready(&self) -> bool {
        self.place.is_some() && !self.running && self.unseen.is_empty()
    }

    fn is_idle(&self) -> bool {
        !self.running
            && self.place.is_none()
            && self.due.is_none()
            && self.unseen.is_empty()
            && self.failures == 0
    }
}

#[derive(Debug)]
pub(crate) struct Queue {
    entries: BTreeMap<NamespacedName, Entry>,
    /// The keys that may run, by their place in the line.
    ready: BTreeMap<u64, NamespacedName>,
    timers: BTreeSet<(Instant, NamespacedName)>,
    /// The keys that wait for the watch of a kind to show a version.
    waiting: BTreeMap<(TypeId, u64), BTreeSet<NamespacedName>>,
    next_place: u64,
    backoff: Backoff,
    /// How often a key has been put into the line.
    adds: u64,
    /// How often a key was to come back by itself.
    retries: u64,
}

impl Queue {
    pub(crate) fn new(backoff: Backoff) -> Self {
        Self {
            entries: BTreeMap::new(),
            ready: BTreeMap::new(),
            timers: BTreeSet::new(),
            waiting: BTreeMap::new(),
            next_place: 0,
            backoff,
            adds: 0,
            retries: 0,
        }
    }

    /// Calls for a run of `key`: now, or right after the one that is under way. It does not wait for a backoff.
    ///
    /// The echo of what the key's own last run wrote to it calls for nothing: that run knew what it wrote.
    pub(crate) fn add(&mut self, key: &NamespacedName, cause: Cause) {
        self.change(key, |entry, next_place| {
            if entry.unseen.iter().any(|write| is_echo(&cause, write)) {
                return;
            }
            if entry.causes.len() < MOST_CAUSES && !entry.causes.contains(&cause) {
                entry.causes.push(cause);
            }
            entry.place.get_or_insert_with(|| take_place(next_place));
        });
    }

    /// Dates the place of `key` in the line: it has it since `now`, unless it had it before.
    pub(crate) fn date(&mut self, key: &NamespacedName, now: Instant) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.since = entry.place.and(entry.since.or(Some(now)));
        }
    }

    /// How many keys are in the line, how often one was put there, and how often one was to come back by itself.
    pub(crate) fn counts(&self) -> (usize, u64, u64) {
        let in_line = self.entries.values().filter(|entry| entry.place.is_some());
        (in_line.count(), self.adds, self.retries)
    }

    /// The key whose turn it is at `now`; from here to [`Queue::finish`] it is running.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Turn> {
        self.wake_due(now);
        let (_, key) = self.ready.pop_first()?;
        let mut causes = Vec::new();
        let mut since = None;
        self.change(&key, |entry, _| {
            entry.running = true;
            entry.place = None;
            entry.due = None;
            causes = std::mem::take(&mut entry.causes);
            since = entry.since.take();
        });
        Some(Turn {
            key,
            causes,
            since: since.unwrap_or(now),
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
        let backoff = self.backoff;
        if matches!(verdict, Verdict::Retry | Verdict::After(_)) {
            self.retries += 1;
        }
        self.change(key, |entry, _| {
            entry.running = false;
            entry
                .causes
                .retain(|cause| !writes.iter().any(|write| is_echo(cause, write)));
            if entry.causes.is_empty() {
                entry.place = None;
                entry.since = None;
            }
            entry.unseen = writes;
            entry.unseen.retain(|write| !is_seen(write));
            entry.failures = match verdict {
                Verdict::Retry => entry.failures.saturating_add(1),
                _ => 0,
            };
            // A time that no clock will show is never.
            let due = |delay, cause| now.checked_add(delay).map(|due| (due, cause));
            entry.due = match verdict {
                Verdict::After(delay) => due(delay, Cause::RequeueAfter),
                Verdict::Retry => due(backoff.after(entry.failures), Cause::Retry),
                Verdict::Done | Verdict::GiveUp => None,
            };
        });
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
            self.change(&key, |entry, next_place| {
                if let Some((_, cause)) = entry.due.take() {
                    entry.causes.push(cause);
                    entry.since = entry.since.or(Some(due));
                    entry.place.get_or_insert_with(|| take_place(next_place));
                }
            });
        }
    }

    /// The one way to change an entry: it keeps the line, the timers and the waiting in step, and forgets entries at rest.
    fn change(&mut self, key: &NamespacedName, change: impl FnOnce(&mut Entry, &mut u64)) {
        let mut entry = self.entries.remove(key).unwrap_or_default();
        let was_in_line = entry.place.is_some();
        if let Some(place) = entry.place {
            self.ready.remove(&place);
        }
        if let Some((due, _)) = &entry.due {
            self.timers.remove(&(*due, key.clone()));
        }
        for write in &entry.unseen {
            self.stop_waiting(key, write);
        }

        change(&mut entry, &mut self.next_place);
        if entry.place.is_some() && !was_in_line {
            self.adds += 1;
        }

        if entry.is_ready()
            && let Some(place) = entry.place
        {
            self.ready.insert(place, key.clone());
        }
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

fn take_place(next_place: &mut u64) -> u64 {
    *next_place += 1;
    *next_place
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
        | Cause::RequeueAfter => false,
        Cause::Event { object, .. } => {
            write.is_ours
                && object.id == write.id
                && object.name == write.name
                && object.version == Some(write.version)
        }
    }
}

#[cfg(test)]
mod tests;
