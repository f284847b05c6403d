//! How far a Deployment is, in numbers and in conditions.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    Rollout,
    numbers::{is_paused, max_unavailable, progress_deadline, replicas},
};
use crate::{
    Refusal,
    controllers::{Again, Outcome},
    core::object::{Object, seconds},
};

const OUT_OF_TIME: &str = "ProgressDeadlineExceeded";

impl Rollout<'_, '_> {
    pub(super) fn condition(&self, kind: &str) -> Option<&Value> {
        let conditions = self.deployment.value()["status"]["conditions"].as_array()?;
        conditions.iter().find(|one| one["type"] == kind)
    }

    /// Sets a condition, where it has another status or reason.
    pub(super) fn set_condition(&mut self, kind: &str, status: &str, reason: &str, message: &str) {
        let now = seconds(self.desk.now);
        let condition = json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastUpdateTime": now, "lastTransitionTime": now,
        });
        self.put_condition(condition);
    }

    fn put_condition(&mut self, mut condition: Value) {
        let kind = condition["type"].as_str().unwrap_or_default().to_owned();
        if let Some(before) = self.condition(&kind)
            && before["status"] == condition["status"]
        {
            if before["reason"] == condition["reason"] {
                return;
            }
            condition["lastTransitionTime"] = before["lastTransitionTime"].clone();
        }
        self.remove_condition(&kind);
        let status = &mut self.deployment.value_mut()["status"];
        match status["conditions"].as_array_mut() {
            Some(conditions) => conditions.push(condition),
            None => status["conditions"] = json!([condition]),
        }
    }

    fn remove_condition(&mut self, kind: &str) {
        let Some(status) = self.deployment.value_mut()["status"].as_object_mut() else {
            return;
        };
        if let Some(conditions) = status.get_mut("conditions").and_then(Value::as_array_mut) {
            conditions.retain(|one| one["type"] != kind);
            if conditions.is_empty() {
                status.remove("conditions");
            }
        }
    }

    /// So that a rollout that was paused for long is not out of time once it goes on.
    pub(super) fn tell_whether_paused(&mut self) -> Result<(), Refusal> {
        if progress_deadline(&self.deployment).is_none() {
            return Ok(());
        }
        let reason = self.condition("Progressing").map(|one| &one["reason"]);
        let was_paused = reason.is_some_and(|reason| reason == "DeploymentPaused");
        if reason.is_some_and(|reason| reason == OUT_OF_TIME) {
            return Ok(());
        }
        let (reason, message) = match (is_paused(&self.deployment), was_paused) {
            (true, false) => ("DeploymentPaused", "Deployment is paused"),
            (false, true) => ("DeploymentResumed", "Deployment is resumed"),
            _ => return Ok(()),
        };
        self.set_condition("Progressing", "Unknown", reason, message);
        self.write_status()
    }

    /// Whether, by the status as it was written last, all is as it is wanted.
    pub(super) fn is_complete(&self) -> bool {
        is_complete(&self.deployment)
    }

    /// Counts the Pods, and says whether there are enough.
    fn count(&mut self) {
        let sum = |pointer: &str| self.sets().map(|set| set.number(pointer)).sum::<i64>();
        let available = sum("/status/availableReplicas");
        let new = self.new.as_ref();
        let counts = [
            ("observedGeneration", self.deployment.generation()),
            ("replicas", sum("/status/replicas")),
            (
                "updatedReplicas",
                new.map_or(0, |new| new.number("/status/replicas")),
            ),
            ("readyReplicas", sum("/status/readyReplicas")),
            ("availableReplicas", available),
            (
                "unavailableReplicas",
                (sum("/spec/replicas") - available).max(0),
            ),
        ];
        let mut status = Map::new();
        let counts = counts.into_iter().filter(|(_, count)| *count != 0);
        status.extend(counts.map(|(name, count)| (name.into(), count.into())));
        status.insert(
            "terminatingReplicas".into(),
            sum("/status/terminatingReplicas").into(),
        );
        for kept in ["collisionCount", "conditions"] {
            if let Some(value) = self.deployment.value()["status"].get(kept) {
                status.insert(kept.into(), value.clone());
            }
        }
        let needed = replicas(&self.deployment) - max_unavailable(&self.deployment);
        self.deployment
            .fields_mut()
            .insert("status".into(), status.into());
        let (status, reason, message) = if available >= needed {
            (
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
        } else {
            (
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            )
        };
        self.set_condition("Available", status, reason, message);
    }

    /// The status alone, where nothing is rolled out.
    pub(super) fn tell_status(&mut self) -> Result<(), Refusal> {
        let before = self.deployment.value()["status"].clone();
        self.count();
        if self.deployment.value()["status"] == before {
            return Ok(());
        }
        self.write_status()
    }

    /// The status of a rollout, and whether it gets on.
    pub(super) fn tell_progress(mut self) -> Outcome {
        let before = self.deployment.clone();
        let told = self.condition("Progressing").cloned();
        self.count();
        if progress_deadline(&self.deployment).is_none() {
            self.remove_condition("Progressing");
        } else if !is_settled(&self.deployment, told.as_ref()) {
            self.judge_progress(&before, told.as_ref());
        }
        self.tell_failures();
        if self.deployment.value()["status"] != before.value()["status"] {
            self.write_status()?;
            return Ok(Again::No);
        }
        Ok(self.next_judgement())
    }

    fn judge_progress(&mut self, before: &Object, told: Option<&Value>) {
        let subject = match &self.new {
            Some(new) => format!("ReplicaSet \"{}\"", new.name()),
            None => format!("Deployment \"{}\"", self.deployment.name()),
        };
        if is_complete(&self.deployment) {
            let message = format!("{subject} has successfully progressed.");
            self.set_condition("Progressing", "True", "NewReplicaSetAvailable", &message);
        } else if gets_on(before, &self.deployment) {
            let now = seconds(self.desk.now);
            let mut condition = json!({
                "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated",
                "message": format!("{subject} is progressing."),
                "lastUpdateTime": now, "lastTransitionTime": now,
            });
            if let Some(told) = told.filter(|told| told["status"] == "True") {
                condition["lastTransitionTime"] = told["lastTransitionTime"].clone();
            }
            // With the same reason, too: the time until it is out of time begins anew.
            self.remove_condition("Progressing");
            self.put_condition(condition);
        } else if self.is_out_of_time() {
            let message = format!("{subject} has timed out progressing.");
            self.set_condition("Progressing", "False", OUT_OF_TIME, &message);
        }
    }

    fn is_out_of_time(&self) -> bool {
        let Some(told) = self.condition("Progressing") else {
            return false;
        };
        match told["reason"].as_str() {
            Some("NewReplicaSetAvailable") => false,
            Some(OUT_OF_TIME) => true,
            _ => self.deadline(told).is_some_and(|then| then < self.desk.now),
        }
    }

    /// When a rollout that gets nowhere from now on is out of time.
    fn deadline(&self, told: &Value) -> Option<Timestamp> {
        let from: Timestamp = told["lastUpdateTime"].as_str()?.parse().ok()?;
        let seconds = progress_deadline(&self.deployment)?;
        from.checked_add(SignedDuration::from_secs(seconds)).ok()
    }

    fn next_judgement(&self) -> Again {
        const SKEW: SignedDuration = SignedDuration::from_secs(1);
        let told = self.condition("Progressing");
        let told = told.filter(|told| told["reason"] != OUT_OF_TIME);
        let deadline = told.and_then(|told| self.deadline(told));
        match deadline {
            Some(_) if is_complete(&self.deployment) => Again::No,
            Some(then) if then.duration_since(self.desk.now) < SKEW => Again::Backoff,
            Some(then) => then.checked_add(SKEW).map_or(Again::No, Again::At),
            None => Again::No,
        }
    }

    /// What keeps a ReplicaSet from making Pods: of the new one, or else of the first that has trouble.
    fn tell_failures(&mut self) {
        let of = |set: &Object| {
            let conditions = set.value()["status"]["conditions"].as_array()?;
            conditions
                .iter()
                .find(|one| one["type"] == "ReplicaFailure")
                .cloned()
        };
        let failure = self.new.as_ref().and_then(of);
        match failure.or_else(|| self.sets().find_map(of)) {
            Some(mut failure) => {
                failure["lastUpdateTime"] = failure["lastTransitionTime"].clone();
                self.put_condition(failure);
            }
            None => self.remove_condition("ReplicaFailure"),
        }
    }
}

/// One revision is all there is, and that was told: a change of its Pods is no rollout.
fn is_settled(deployment: &Object, told: Option<&Value>) -> bool {
    let is_told = told.is_some_and(|told| told["reason"] == "NewReplicaSetAvailable");
    is_told && deployment.number("/status/replicas") == deployment.number("/status/updatedReplicas")
}

fn is_complete(deployment: &Object) -> bool {
    let wanted = replicas(deployment);
    let counts = ["updatedReplicas", "replicas", "availableReplicas"];
    counts
        .iter()
        .all(|count| deployment.number(&format!("/status/{count}")) == wanted)
        && deployment.number("/status/observedGeneration") >= deployment.generation()
}

/// Whether there are more new Pods, or fewer old ones, or more that are ready or available.
fn gets_on(before: &Object, after: &Object) -> bool {
    let grows = |count: &str| after.number(count) > before.number(count);
    let old = |object: &Object| {
        object.number("/status/replicas") - object.number("/status/updatedReplicas")
    };
    grows("/status/updatedReplicas")
        || old(after) < old(before)
        || grows("/status/readyReplicas")
        || grows("/status/availableReplicas")
}
