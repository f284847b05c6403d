//! Pods that have ended are counted, each once, and then let go.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{FINALIZER, Work, condition, has_failed};
use crate::{
    Refusal,
    controllers::{
        desk::Desk,
        workloads::owners::{JOBS, PODS},
    },
    core::object::{Object, seconds},
};

/// How many Pods are let go at a time.
const AT_ONCE: usize = 500;

/// The Pods that were seen to have ended, and whose finalizers may not be removed yet; by their uids.
pub(super) fn uncounted<'a>(job: &'a Object, list: &str) -> Vec<&'a str> {
    let uids = job.value()["status"]["uncountedTerminatedPods"][list].as_array();
    uids.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The condition that a Job ends with, once the one before it has done its work.
pub(super) fn ending(before: &Value, kind: &str, now: Timestamp) -> Value {
    let text = |field: &str| before[field].as_str().unwrap_or_default();
    condition(kind, "True", text("reason"), text("message"), now)
}

/// Sets a condition where it says something new; one that does not hold and was not told is not news.
pub(super) fn ensure(job: &mut Object, told: Value) -> bool {
    let status = &mut job.value_mut()["status"];
    let conditions = status["conditions"].as_array_mut();
    let known = conditions.and_then(|all| all.iter_mut().find(|one| one["type"] == told["type"]));
    if let Some(known) = known {
        let is_same = ["status", "reason", "message"]
            .iter()
            .all(|it| known[*it] == told[*it]);
        if !is_same {
            *known = told;
        }
        return !is_same;
    }
    let is_news = told["status"] != "False";
    if is_news {
        add(status, told);
    }
    is_news
}

fn add(status: &mut Value, condition: Value) {
    match status["conditions"].as_array_mut() {
        Some(conditions) => conditions.push(condition),
        None => status["conditions"] = json!([condition]),
    }
}

/// Lets go of a Pod.
pub(super) fn remove_finalizer(pod: &Object, desk: &mut Desk<'_>) -> Result<(), Refusal> {
    if !pod.has_finalizer(FINALIZER) {
        return Ok(());
    }
    let kept: Vec<_> = pod.finalizers().filter(|one| *one != FINALIZER).collect();
    let kept = if kept.is_empty() {
        Value::Null
    } else {
        kept.into()
    };
    let patch = json!({"metadata": {"finalizers": kept}});
    match desk.patch(JOBS.source.who, PODS, &pod.key(), &patch) {
        Err(refusal) if refusal.code != 404 => Err(refusal),
        _ => Ok(()),
    }
}

impl Work<'_, '_> {
    /// Notes which Pods have ended, lets go of them, and counts them; then the Job ends, if it does.
    pub(super) fn track(&mut self, mut told: bool) -> Result<(), Refusal> {
        let mut tracked: Vec<String> = self
            .pods
            .iter()
            .filter(|pod| pod.has_finalizer(FINALIZER))
            .map(|pod| pod.uid().to_owned())
            .collect();
        told |= self.count(&tracked);
        let (ended, has_more) = self.note_ended(&mut told);
        told |= self.announce_end();
        if told {
            self.write_status()?;
        }
        for pod in &ended {
            remove_finalizer(pod, self.desk)?;
            tracked.retain(|uid| uid != pod.uid());
        }
        let mut told = self.count(&tracked);
        let ends = !has_more && self.end_now();
        told |= ends;
        if told {
            self.write_status()?;
        }
        if ends {
            self.tell_end();
        }
        Ok(())
    }

    /// Counts those that were noted and have no finalizer any more; says whether there were any.
    fn count(&mut self, tracked: &[String]) -> bool {
        let mut counted = false;
        for list in ["succeeded", "failed"] {
            let noted = uncounted(&self.job, list);
            let kept: Vec<_> = noted
                .iter()
                .filter(|uid| tracked.iter().any(|one| one == *uid))
                .map(ToString::to_string)
                .collect();
            let gone = i64::try_from(noted.len() - kept.len()).unwrap_or_default();
            if gone > 0 {
                let number = self.job.number(&format!("/status/{list}")) + gone;
                self.job.value_mut()["status"][list] = number.into();
                self.set_uncounted(list, kept);
                counted = true;
            }
        }
        counted
    }

    fn set_uncounted(&mut self, list: &str, uids: Vec<String>) {
        let noted = &mut self.job.value_mut()["status"]["uncountedTerminatedPods"];
        if let Some(noted) = noted.as_object_mut() {
            if uids.is_empty() {
                noted.remove(list);
            } else {
                noted.insert(list.into(), uids.into());
            }
        }
    }

    /// Notes those that have ended. Returns the Pods that may go, and whether there are more.
    fn note_ended(&mut self, told: &mut bool) -> (Vec<Object>, bool) {
        let all_go = self.job.is_being_deleted() || self.end.is_some();
        let fails = self
            .end
            .as_ref()
            .is_some_and(|end| end["type"] != "SuccessCriteriaMet");
        let mut ended = Vec::new();
        for pod in self.pods.clone() {
            let succeeded = pod.text("/status/phase") == "Succeeded";
            let failed = has_failed(&self.job, &pod);
            if !pod.has_finalizer(FINALIZER) || !(all_go || succeeded || failed) {
                continue;
            }
            let is_noted = |list: &str| uncounted(&self.job, list).contains(&pod.uid());
            let list = if succeeded && !is_noted("failed") {
                Some("succeeded")
            } else {
                (failed || fails).then_some("failed")
            };
            if let Some(list) = list.filter(|list| !is_noted(list)) {
                let mut uids: Vec<_> = uncounted(&self.job, list)
                    .into_iter()
                    .map(ToOwned::to_owned)
                    .collect();
                uids.push(pod.uid().to_owned());
                self.set_uncounted(list, uids);
                *told = true;
            }
            ended.push(pod);
            let noted =
                uncounted(&self.job, "succeeded").len() + uncounted(&self.job, "failed").len();
            if noted >= AT_ONCE {
                return (ended, true);
            }
        }
        (ended, false)
    }

    /// Says that the Job is going to end, before it does; says whether that is news.
    fn announce_end(&mut self) -> bool {
        let now = self.desk.now;
        let Some(end) = self.end.take() else {
            return false;
        };
        let last = match end["type"].as_str() {
            Some("FailureTarget") => "Failed",
            Some("SuccessCriteriaMet") => "Complete",
            _ => {
                self.end = Some(end);
                return false;
            }
        };
        self.end = Some(ending(&end, last, now));
        let is_news = self
            .found(end["type"].as_str().unwrap_or_default())
            .is_none();
        if is_news {
            add(&mut self.job.value_mut()["status"], end);
        }
        is_news
    }

    /// Ends the Job, where all its Pods are counted and gone; says whether it did.
    fn end_now(&mut self) -> bool {
        let waits = !uncounted(&self.job, "succeeded").is_empty()
            || !uncounted(&self.job, "failed").is_empty()
            || self.terminating > 0;
        let Some(end) = self.end.clone().filter(|_| !waits) else {
            return false;
        };
        if end["type"] == "Complete" {
            let now = seconds(self.desk.now);
            self.job.value_mut()["status"]["completionTime"] = now.into();
        }
        ensure(&mut self.job, end);
        true
    }

    fn tell_end(&mut self) {
        let Some(end) = self.end.take() else {
            return;
        };
        let job = &self.job;
        if end["type"] != "Complete" {
            let reason = match end["reason"].as_str() {
                Some("DeadlineExceeded") => "DeadlineExceeded",
                _ => "BackoffLimitExceeded",
            };
            let message = end["message"].as_str().unwrap_or_default().to_owned();
            return JOBS.tell(job, true, reason, message, self.desk, self.recorder);
        }
        let completions = job.value()["spec"]["completions"].as_i64();
        if completions.is_some_and(|wanted| job.number("/status/succeeded") > wanted) {
            let message = "Too many succeeded pods running after completion count reached";
            let (desk, recorder) = (&mut *self.desk, &mut *self.recorder);
            JOBS.tell(
                job,
                true,
                "TooManySucceededPods",
                message.into(),
                desk,
                recorder,
            );
        }
        let message = "Job completed".to_owned();
        JOBS.tell(job, false, "Completed", message, self.desk, self.recorder);
    }
}
