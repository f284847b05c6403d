//! How many Pods a Job is to have, and when a Pod that failed is replaced.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{FINALIZER, Work, count, has_failed, is_suspended, tracking};
use crate::{
    Refusal,
    controllers::workloads::{owners::JOBS, pods},
    core::object::Object,
};

/// How many Pods are made or deleted before one looks again.
const AT_ONCE: i64 = 500;
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(10);

impl Work<'_, '_> {
    /// Deletes the Pods of a Job that ends. While one is left, it does not.
    pub(super) fn stop_all(&mut self) -> Result<(), Refusal> {
        let active: Vec<_> = self
            .pods
            .iter()
            .filter(|pod| pods::is_active(pod))
            .cloned()
            .collect();
        let mut failed = Ok(());
        for pod in active {
            let deleted = pods::delete(JOBS, &self.job, &pod, self.desk, self.recorder);
            if deleted.is_ok() {
                self.active -= 1;
                self.terminating += 1;
            } else {
                self.end = None;
            }
            self.ready -= i64::from(pods::is_ready(&pod));
            failed = failed.and(deleted);
        }
        failed
    }

    /// Makes Pods, or deletes those that are too many.
    pub(super) fn manage(&mut self) -> Result<(), Refusal> {
        if is_suspended(&self.job) {
            return self.stop_surplus(self.active);
        }
        let parallelism = self.job.number("/spec/parallelism");
        let wanted = match self.job.value()["spec"]["completions"].as_i64() {
            Some(completions) => (completions - self.succeeded).min(parallelism).max(0),
            None if self.succeeded > 0 => self.active,
            None => parallelism,
        };
        if self.active > wanted {
            return self.stop_surplus((self.active - wanted).min(AT_ONCE));
        }
        let waits_for_ends = self.job.text("/spec/podReplacementPolicy") == "Failed";
        let going = if waits_for_ends { self.terminating } else { 0 };
        let missing = (wanted - going - self.active).min(AT_ONCE);
        if missing <= 0 {
            return Ok(());
        }
        if let Some(then) = self.paused_until().filter(|then| *then > self.desk.now) {
            self.next = Some(self.next.map_or(then, |next| next.min(then)));
            self.active = 0;
            return Ok(());
        }
        self.make(missing)
    }

    fn stop_surplus(&mut self, surplus: i64) -> Result<(), Refusal> {
        let mut active: Vec<_> = self
            .pods
            .iter()
            .filter(|pod| pods::is_active(pod))
            .cloned()
            .collect();
        let surplus = usize::try_from(surplus)
            .unwrap_or_default()
            .min(active.len());
        pods::sort_for_deletion(&mut active, &BTreeMap::new(), self.desk.now);
        let mut failed = Ok(());
        for pod in &active[..surplus] {
            let deleted = tracking::remove_finalizer(pod, self.desk)
                .and_then(|()| pods::delete(JOBS, &self.job, pod, self.desk, self.recorder));
            if deleted.is_ok() {
                self.active -= 1;
                self.terminating += 1;
                self.ready -= i64::from(pods::is_ready(pod));
            }
            failed = failed.and(deleted);
        }
        failed
    }

    /// One, then two, then four …: where Pods can't be made, few are tried.
    fn make(&mut self, mut missing: i64) -> Result<(), Refusal> {
        let pod = self.described();
        let mut batch = 1;
        while missing > 0 {
            batch = batch.min(missing);
            let mut failed = Ok(());
            for _ in 0..batch {
                match pods::create(JOBS, &self.job, &pod, self.desk, self.recorder) {
                    Err(refusal) if !pods::is_for_terminating_namespace(&refusal) => {
                        failed = failed.and(Err(refusal));
                    }
                    _ => self.active += 1,
                }
            }
            failed?;
            missing -= batch;
            batch *= 2;
        }
        Ok(())
    }

    fn described(&self) -> Value {
        let mut template = self.job.value()["spec"]["template"].clone();
        let finalizers = &mut template["metadata"]["finalizers"];
        let mut all = finalizers.as_array().cloned().unwrap_or_default();
        if !all.iter().any(|one| one == FINALIZER) {
            all.push(FINALIZER.into());
        }
        *finalizers = all.into();
        pods::of_template(JOBS, &self.job, &template)
    }

    /// Until when a Pod that failed is not replaced: longer with each failure since the last success.
    fn paused_until(&self) -> Option<Timestamp> {
        let ended = |pod: &&Object| pods::ended_at(pod);
        let succeeded = self
            .pods
            .iter()
            .filter(|pod| pod.text("/status/phase") == "Succeeded");
        let last_success = succeeded.map(|pod| ended(&pod)).max();
        let failures = self
            .pods
            .iter()
            .filter(|pod| has_failed(&self.job, pod))
            .filter(|pod| last_success.is_none_or(|success| ended(pod) > success));
        let last = failures.clone().map(|pod| ended(&pod)).max()?;
        let doublings = u32::try_from(count(failures) - 1)
            .unwrap_or_default()
            .min(16);
        let pause = FIRST_PAUSE
            .saturating_mul(1 << doublings)
            .min(LONGEST_PAUSE);
        last.checked_add(pause).ok()
    }
}
