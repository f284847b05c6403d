//! What is to be done, and when: as client-go's work queues, in an order that is the same in each run.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Task;

/// Each task is in it once; what is due first comes first.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    due: BTreeMap<(Timestamp, u64), Task>,
    places: BTreeMap<Task, (Timestamp, u64)>,
    failures: BTreeMap<Task, u32>,
    added: u64,
}

impl Queue {
    /// At that time, or earlier where it was to be done earlier.
    pub(crate) fn add(&mut self, task: Task, then: Timestamp) {
        if self.places.get(&task).is_none_or(|(at, _)| then < *at) {
            self.postpone(task, then);
        }
    }

    /// At that time, and not before.
    pub(crate) fn postpone(&mut self, task: Task, then: Timestamp) {
        if let Some(place) = self.places.remove(&task) {
            self.due.remove(&place);
        }
        self.added += 1;
        let place = (then, self.added);
        self.due.insert(place, task.clone());
        self.places.insert(task, place);
    }

    /// After an error: 5 ms the first time, twice as long each time, 1000 s at the most, as
    /// `DefaultTypedControllerRateLimiter` of client-go.
    pub(crate) fn retry(&mut self, task: Task, now: Timestamp) {
        const FIRST: SignedDuration = SignedDuration::from_millis(5);
        const LONGEST: SignedDuration = SignedDuration::from_secs(1000);
        let failures = self.failures.entry(task.clone()).or_default();
        let pause = FIRST.saturating_mul(1 << (*failures).min(20)).min(LONGEST);
        *failures += 1;
        self.add(task, now.checked_add(pause).unwrap_or(now));
    }

    /// It went well.
    pub(crate) fn forget(&mut self, task: &Task) {
        self.failures.remove(task);
    }

    pub(crate) fn pop(&mut self, now: Timestamp) -> Option<Task> {
        let mut due = self.due.range(..=(now, u64::MAX));
        let (first, _) = due.clone().next()?;
        let ready = due.find(|(_, task)| !task.is_last());
        let place = *ready.map_or(first, |(place, _)| place);
        let task = self.due.remove(&place)?;
        self.places.remove(&task);
        Some(task)
    }

    /// When the next task is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((then, _), _)| *then)
    }
}
