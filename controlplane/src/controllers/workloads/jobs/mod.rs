//! Jobs have Pods until enough of them have succeeded: `pkg/controller/job` in Kubernetes.
//!
//! Jobs that are indexed, and those with a policy for failures or success, are left alone.
//!
//! - [`pods_wanted`] makes and deletes Pods; [`tracking`] counts those that have ended, each once: a finalizer keeps a
//!   Pod until it is counted.

mod pods_wanted;
mod tracking;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    owners::{JOBS, PODS, controller},
    pods,
};
use crate::{
    Refusal,
    controllers::{Again, Outcome, desk::Desk, recorder::Recorder},
    core::{
        object::{Key, Object, seconds},
        selector::LabelSelector,
    },
};

const FINALIZER: &str = "batch.kubernetes.io/job-tracking";

/// A Job and its Pods, as they are known while one looks after them.
struct Work<'a, 'core> {
    desk: &'a mut Desk<'core>,
    recorder: &'a mut Recorder,
    job: Object,
    pods: Vec<Object>,
    /// How many Pods run or will, are ready, are going.
    active: i64,
    ready: i64,
    terminating: i64,
    /// How many Pods have ended by now, those included that are not counted yet.
    succeeded: i64,
    failed: i64,
    /// With what it ends, once all Pods are gone.
    end: Option<Value>,
    /// When one is to look again.
    next: Option<Timestamp>,
}

pub(super) fn sync(key: &Key, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
    let Some(found) = desk.get(JOBS.collection, key) else {
        return Ok(Again::No);
    };
    let job = found.object.clone();
    let selector = LabelSelector::of(&job.value()["spec"]["selector"]);
    let Some(selector) = selector.filter(|_| is_ours(&job) && !is_finished(&job)) else {
        return Ok(Again::No);
    };
    let all = desk.objects(PODS, Some(&key.namespace));
    let all = all.iter().map(|one| one.object.clone()).collect();
    let pods = JOBS.claim(&job, &selector, PODS, all, desk)?;
    Work::of(job, pods, desk, recorder).sync()
}

/// Whether this controller does all that the Job asks for.
fn is_ours(job: &Object) -> bool {
    let spec = &job.value()["spec"];
    let is_managed_here = matches!(
        spec["managedBy"].as_str(),
        None | Some("kubernetes.io/job-controller")
    );
    is_managed_here
        && spec["completionMode"] != "Indexed"
        && spec["podFailurePolicy"].is_null()
        && spec["successPolicy"].is_null()
}

fn is_finished(job: &Object) -> bool {
    job.has_condition("Complete", "True") || job.has_condition("Failed", "True")
}

fn is_suspended(job: &Object) -> bool {
    job.value()["spec"]["suspend"] == true
}

/// Whether a Pod counts as failed: also where it goes, unless only those are replaced that have failed.
fn has_failed(job: &Object, pod: &Object) -> bool {
    match pod.text("/status/phase") {
        "Failed" => true,
        "Succeeded" => false,
        _ => pod.is_being_deleted() && job.text("/spec/podReplacementPolicy") != "Failed",
    }
}

fn count<'a>(pods: impl Iterator<Item = &'a Object>) -> i64 {
    i64::try_from(pods.count()).unwrap_or(i64::MAX)
}

fn condition(kind: &str, status: &str, reason: &str, message: &str, now: Timestamp) -> Value {
    let now = seconds(now);
    json!({
        "type": kind, "status": status, "reason": reason, "message": message,
        "lastProbeTime": now, "lastTransitionTime": now,
    })
}

impl<'a, 'core> Work<'a, 'core> {
    fn of(
        mut job: Object,
        pods: Vec<Object>,
        desk: &'a mut Desk<'core>,
        recorder: &'a mut Recorder,
    ) -> Self {
        let status = &mut job.value_mut()["status"];
        if status["uncountedTerminatedPods"].is_null() {
            status["uncountedTerminatedPods"] = json!({});
        }
        let is_new = |pod: &&Object, list: &str| {
            pod.has_finalizer(FINALIZER) && !tracking::uncounted(&job, list).contains(&pod.uid())
        };
        let succeeded = pods
            .iter()
            .filter(|pod| pod.text("/status/phase") == "Succeeded");
        let failed = pods.iter().filter(|pod| has_failed(&job, pod));
        let all_of = |list: &str| {
            let waiting = tracking::uncounted(&job, list).len();
            job.number(&format!("/status/{list}")) + i64::try_from(waiting).unwrap_or(i64::MAX)
        };
        let active = pods.iter().filter(|pod| pods::is_active(pod));
        Self {
            active: count(active.clone()),
            ready: count(active.filter(|pod| pods::is_ready(pod))),
            terminating: count(pods.iter().filter(|pod| pods::is_terminating(pod))),
            succeeded: all_of("succeeded")
                + count(succeeded.filter(|pod| is_new(pod, "succeeded"))),
            failed: all_of("failed") + count(failed.filter(|pod| is_new(pod, "failed"))),
            desk,
            recorder,
            job,
            pods,
            end: None,
            next: None,
        }
    }

    fn sync(mut self) -> Outcome {
        if self.job.text("/status/startTime").is_empty() && !is_suspended(&self.job) {
            self.set_start();
        }
        self.end = self.end_in_sight();
        let mut told = false;
        let managed = if self.end.is_some() {
            self.stop_all()
        } else {
            let managed = if self.job.is_being_deleted() {
                Ok(())
            } else {
                self.manage()
            };
            if self.is_enough() {
                let message = "Reached expected number of succeeded pods";
                let reason = "CompletionsReached";
                let now = self.desk.now;
                self.end = Some(condition(
                    "SuccessCriteriaMet",
                    "True",
                    reason,
                    message,
                    now,
                ));
            } else if !self.job.is_being_deleted() {
                told = self.tell_whether_suspended();
            }
            managed
        };
        told |= self.set_numbers();
        self.track(told)?;
        managed?;
        Ok(self.next.map_or(Again::No, Again::At))
    }

    fn set_start(&mut self) {
        self.job.value_mut()["status"]["startTime"] = seconds(self.desk.now).into();
    }

    fn found(&self, kind: &str) -> Option<&Value> {
        let conditions = self.job.value()["status"]["conditions"].as_array()?;
        conditions
            .iter()
            .find(|one| one["type"] == kind && one["status"] == "True")
    }

    /// With what the Job ends, where it does by now.
    fn end_in_sight(&mut self) -> Option<Value> {
        if let Some(met) = self.found("SuccessCriteriaMet") {
            return Some(met.clone());
        }
        let now = self.desk.now;
        if let Some(target) = self.found("FailureTarget") {
            return Some(tracking::ending(target, "Failed", now));
        }
        let fails =
            |reason, message| Some(condition("FailureTarget", "True", reason, message, now));
        if self.failed > self.job.number("/spec/backoffLimit") || self.restarts_too_often() {
            let message = "Job has reached the specified backoff limit";
            return fails("BackoffLimitExceeded", message);
        }
        let deadline = self.deadline()?;
        if deadline <= now {
            let message = "Job was active longer than specified deadline";
            return fails("DeadlineExceeded", message);
        }
        self.next = Some(deadline);
        None
    }

    fn deadline(&self) -> Option<Timestamp> {
        let seconds = self.job.value()["spec"]["activeDeadlineSeconds"].as_i64()?;
        let start: Timestamp = self.job.text("/status/startTime").parse().ok()?;
        let deadline = start.checked_add(SignedDuration::from_secs(seconds)).ok();
        deadline.filter(|_| !is_suspended(&self.job))
    }

    fn restarts_too_often(&self) -> bool {
        if self.job.text("/spec/template/spec/restartPolicy") != "OnFailure" {
            return false;
        }
        let running = self
            .pods
            .iter()
            .filter(|pod| matches!(pod.text("/status/phase"), "Running" | "Pending"));
        let restarts: i64 = running.map(pods::all_restarts).sum();
        restarts >= self.job.number("/spec/backoffLimit").max(1)
    }

    fn is_enough(&self) -> bool {
        let enough = match self.job.value()["spec"]["completions"].as_i64() {
            Some(completions) => self.succeeded >= completions,
            None => self.succeeded > 0,
        };
        enough && self.active == 0
    }

    fn tell_whether_suspended(&mut self) -> bool {
        let now = self.desk.now;
        let (status, reason, message, event) = if is_suspended(&self.job) {
            ("True", "JobSuspended", "Job suspended", "Suspended")
        } else {
            ("False", "JobResumed", "Job resumed", "Resumed")
        };
        let told = condition("Suspended", status, reason, message, now);
        if !tracking::ensure(&mut self.job, told) {
            return false;
        }
        let message = message.to_owned();
        JOBS.tell(&self.job, false, event, message, self.desk, self.recorder);
        if status == "False" {
            self.set_start();
        }
        true
    }

    /// Sets the numbers of Pods that are not over; says whether one is another.
    fn set_numbers(&mut self) -> bool {
        let active = self.active;
        let status = self.job.value_mut()["status"].as_object_mut();
        let status = status.expect("the status was made an object");
        let before = status.clone();
        if active == 0 {
            status.remove("active");
        } else {
            status.insert("active".into(), active.into());
        }
        status.insert("ready".into(), self.ready.into());
        status.insert("terminating".into(), self.terminating.into());
        *status != before
    }

    fn write_status(&mut self) -> Result<(), Refusal> {
        let who = JOBS.source.who;
        let written = self
            .desk
            .update(who, JOBS.collection, "status", &self.job)?;
        self.job = written;
        Ok(())
    }
}

/// Lets go of a Pod whose Job is gone: nobody counts it any more.
pub(super) fn release(key: &Key, desk: &mut Desk<'_>) -> Outcome {
    let Some(found) = desk.get(PODS, key) else {
        return Ok(Again::No);
    };
    let is_of_job = controller(&found.object).is_none_or(|owner| owner.kind == JOBS.name);
    if is_of_job && JOBS.owner_of(&found.object, desk).is_none() {
        tracking::remove_finalizer(&found.object, desk)?;
    }
    Ok(Again::No)
}

/// Whether a Pod waits to be counted.
pub(super) fn is_tracked(pod: &Object) -> bool {
    pod.has_finalizer(FINALIZER)
}
