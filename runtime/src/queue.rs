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
    cause::{Cause, ObjectVersion},
    object::NamespacedName,
};

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
}

#[derive(Debug, Default)]
struct Entry {
    running: bool,
    /// Its place in the line; none while nothing calls for a run.
    place: Option<u64>,
    /// When it comes back by itself, and why.
    due: Option<(Instant, Cause)>,
    causes: Vec<Cause>,
    failures: u32,
    unseen: Vec<(TypeId, Written)>,
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
    /// The keys that wait for the watch to show what they wrote.
    waiting: BTreeSet<NamespacedName>,
    next_place: u64,
    backoff: Backoff,
}

impl Queue {
    pub(crate) fn new(backoff: Backoff) -> Self {
        Self {
            entries: BTreeMap::new(),
            ready: BTreeMap::new(),
            timers: BTreeSet::new(),
            waiting: BTreeSet::new(),
            next_place: 0,
            backoff,
        }
    }

    /// Calls for a run of `key`: now, or right after the one that is under way. It does not wait for a backoff.
    ///
    /// The echo of the key's own last write calls for nothing: that run knew what it wrote.
    pub(crate) fn add(&mut self, key: &NamespacedName, cause: Cause) {
        self.change(key, |entry, next_place| {
            let echo = entry
                .unseen
                .iter()
                .any(|(id, write)| is_echo(&cause, *id, write));
            if !echo && !entry.causes.contains(&cause) {
                entry.causes.push(cause);
            }
            if !echo && entry.place.is_none() {
                entry.place = Some(take_place(next_place));
            }
        });
    }

    /// The key whose turn it is at `now`; from here to [`Queue::finish`] it is running.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Turn> {
        self.wake_due(now);
        let (_, key) = self.ready.pop_first()?;
        let mut causes = Vec::new();
        self.change(&key, |entry, _| {
            entry.running = true;
            entry.place = None;
            entry.due = None;
            causes = std::mem::take(&mut entry.causes);
        });
        Some(Turn { key, causes })
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
        writes: Vec<(TypeId, Written)>,
        is_seen: impl Fn(TypeId, &Written) -> bool,
    ) {
        let backoff = self.backoff;
        self.change(key, |entry, _| {
            entry.running = false;
            entry
                .causes
                .retain(|cause| !writes.iter().any(|(id, write)| is_echo(cause, *id, write)));
            if entry.causes.is_empty() {
                entry.place = None;
            }
            entry.unseen = writes;
            entry.unseen.retain(|(id, write)| !is_seen(*id, write));
            entry.failures = match verdict {
                Verdict::Retry => entry.failures.saturating_add(1),
                _ => 0,
            };
            entry.due = match verdict {
                Verdict::After(delay) => Some((now + delay, Cause::RequeueAfter)),
                Verdict::Retry => Some((now + backoff.after(entry.failures), Cause::Retry)),
                Verdict::Done | Verdict::GiveUp => None,
            };
        });
    }

    /// Tells that the watch of kind `id` has moved on.
    pub(crate) fn observe(&mut self, id: TypeId, is_seen: impl Fn(&Written) -> bool) {
        for key in self.waiting.clone() {
            self.change(&key, |entry, _| {
                entry
                    .unseen
                    .retain(|(of, write)| *of != id || !is_seen(write));
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
                    entry.place.get_or_insert_with(|| take_place(next_place));
                }
            });
        }
    }

    /// The one way to change an entry: it keeps the line, the timers and the waiting in step, and forgets entries at rest.
    fn change(&mut self, key: &NamespacedName, change: impl FnOnce(&mut Entry, &mut u64)) {
        let mut entry = self.entries.remove(key).unwrap_or_default();
        if let Some(place) = entry.place {
            self.ready.remove(&place);
        }
        if let Some((due, _)) = &entry.due {
            self.timers.remove(&(*due, key.clone()));
        }
        self.waiting.remove(key);

        change(&mut entry, &mut self.next_place);

        if entry.is_ready()
            && let Some(place) = entry.place
        {
            self.ready.insert(place, key.clone());
        }
        if let Some((due, _)) = &entry.due {
            self.timers.insert((*due, key.clone()));
        }
        if !entry.unseen.is_empty() {
            self.waiting.insert(key.clone());
        }
        if !entry.is_idle() {
            self.entries.insert(key.clone(), entry);
        }
    }
}

fn take_place(next_place: &mut u64) -> u64 {
    *next_place += 1;
    *next_place
}

/// Whether `cause` is the watch showing this very write.
fn is_echo(cause: &Cause, id: TypeId, write: &Written) -> bool {
    match cause {
        Cause::Event {
            object:
                ObjectVersion {
                    id: of,
                    name,
                    version,
                    ..
                },
            ..
        } => *of == id && *name == write.name && *version == Some(write.version),
        Cause::Retry | Cause::RequeueAfter => false,
    }
}

#[cfg(test)]
mod tests;
