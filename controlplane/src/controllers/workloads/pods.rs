//! What controllers know of Pods, and how they make them: `controller_utils.go` of `pkg/controller` in Kubernetes.

use std::{cmp::Ordering, collections::BTreeMap};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::owners::{Kind, PODS};
use crate::{
    Refusal,
    controllers::{desk::Desk, recorder::Recorder},
    core::object::Object,
};

pub(super) fn is_ready(pod: &Object) -> bool {
    pod.has_condition("Ready", "True")
}

/// It has ended, and never runs again.
pub(super) fn is_over(pod: &Object) -> bool {
    matches!(pod.text("/status/phase"), "Succeeded" | "Failed")
}

pub(super) fn is_active(pod: &Object) -> bool {
    !is_over(pod) && !pod.is_being_deleted()
}

/// It is being deleted, and still runs.
pub(super) fn is_terminating(pod: &Object) -> bool {
    !is_over(pod) && pod.is_being_deleted()
}

/// Since when a Pod is ready.
fn ready_since(pod: &Object) -> Option<Timestamp> {
    let conditions = pod.value()["status"]["conditions"].as_array()?;
    let ready = conditions
        .iter()
        .find(|one| one["type"] == "Ready" && one["status"] == "True")?;
    ready["lastTransitionTime"].as_str()?.parse().ok()
}

/// From when on a Pod that is ready counts as available.
pub(super) fn available_at(pod: &Object, min_ready_seconds: i64) -> Option<Timestamp> {
    if min_ready_seconds == 0 {
        return is_ready(pod).then_some(Timestamp::MIN);
    }
    ready_since(pod)?
        .checked_add(SignedDuration::from_secs(min_ready_seconds))
        .ok()
}

/// The labels of a template, which the Pods that are made of it have.
pub(super) fn template_labels(template: &Value) -> &Value {
    &template["metadata"]["labels"]
}

/// Makes a Pod of a template, for its owner.
pub(super) fn create(
    kind: Kind,
    owner: &Object,
    pod: &Value,
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<Object, Refusal> {
    match desk.create(kind.source.who, PODS, owner.namespace(), pod) {
        Ok(created) => {
            let message = format!("Created pod: {}", created.name());
            kind.tell(owner, false, "SuccessfulCreate", message, desk, recorder);
            Ok(created)
        }
        Err(refusal) => {
            if !is_for_terminating_namespace(&refusal) {
                let message = format!("Error creating: {}", refusal.message);
                kind.tell(owner, true, "FailedCreate", message, desk, recorder);
            }
            Err(refusal)
        }
    }
}

/// The Pod that a template describes.
pub(super) fn of_template(kind: Kind, owner: &Object, template: &Value) -> Value {
    let mut meta = json!({
        "generateName": format!("{}-", owner.name()),
        "ownerReferences": [kind.reference(owner)],
    });
    for field in ["labels", "annotations", "finalizers"] {
        if !template["metadata"][field].is_null() {
            meta[field] = template["metadata"][field].clone();
        }
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]})
}

/// Deletes a Pod, and says that its owner did.
pub(super) fn delete(
    kind: Kind,
    owner: &Object,
    pod: &Object,
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<(), Refusal> {
    let options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
    if let Err(refusal) = desk.delete(kind.source.who, PODS, &pod.key(), &options) {
        let message = format!("Error deleting: {}", refusal.message);
        kind.tell(owner, true, "FailedDelete", message, desk, recorder);
        return Err(refusal);
    }
    let message = format!("Deleted pod: {}", pod.name());
    kind.tell(owner, false, "SuccessfulDelete", message, desk, recorder);
    Ok(())
}

/// Nothing new is made where all is going: that is no failure.
pub(super) fn is_for_terminating_namespace(refusal: &Refusal) -> bool {
    let causes = refusal
        .details
        .as_ref()
        .and_then(|it| it["causes"].as_array());
    let mut causes = causes.into_iter().flatten();
    causes.any(|cause| cause["reason"] == "NamespaceTerminating")
}

/// Puts those first that are missed least (`ActivePodsWithRanks`). `neighbours`: how many related Pods each node has.
pub(super) fn sort_for_deletion(
    pods: &mut [Object],
    neighbours: &BTreeMap<String, usize>,
    now: Timestamp,
) {
    pods.sort_by(|one, other| {
        let rank = |pod: &Object| neighbours.get(pod.text("/spec/nodeName")).copied();
        let ready = (is_ready(one), is_ready(other));
        let ages = match (ready_since(one), ready_since(other)) {
            (Some(since), Some(others)) if since != others => {
                by_age(since, others, now, one, other)
            }
            _ => Ordering::Equal,
        };
        let created = |pod: &Object| pod.text("/metadata/creationTimestamp").parse().ok();
        let creations = match (created(one), created(other)) {
            (Some(at), Some(others)) if at != others => by_age(at, others, now, one, other),
            _ => Ordering::Equal,
        };
        is_assigned(one)
            .cmp(&is_assigned(other))
            .then(phase(one).cmp(&phase(other)))
            .then(ready.0.cmp(&ready.1))
            .then(deletion_cost(one).cmp(&deletion_cost(other)))
            .then(rank(other).cmp(&rank(one)))
            .then(ages)
            .then(restarts(other).cmp(&restarts(one)))
            .then(creations)
            .then(one.uid().cmp(other.uid()))
    });
}

fn is_assigned(pod: &Object) -> bool {
    !pod.text("/spec/nodeName").is_empty()
}

fn phase(pod: &Object) -> u8 {
    match pod.text("/status/phase") {
        "Unknown" => 1,
        "Running" => 2,
        _ => 0,
    }
}

fn deletion_cost(pod: &Object) -> i32 {
    let text = pod.text("/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost");
    text.parse().unwrap_or_default()
}

fn restart_counts<'a>(pod: &'a Object, field: &str) -> impl Iterator<Item = i64> + use<'a> {
    let containers = pod.value()["status"][field].as_array().into_iter();
    containers
        .flatten()
        .filter_map(|one| one["restartCount"].as_i64())
}

fn restarts(pod: &Object) -> i64 {
    restart_counts(pod, "containerStatuses")
        .max()
        .unwrap_or_default()
}

/// How often the containers of a Pod were started anew, all together.
pub(super) fn all_restarts(pod: &Object) -> i64 {
    let init = restart_counts(pod, "initContainerStatuses");
    init.chain(restart_counts(pod, "containerStatuses")).sum()
}

/// When a Pod ended, as far as it tells (`getFinishedTime` of the job controller).
pub(super) fn ended_at(pod: &Object) -> Timestamp {
    let of_containers = || {
        let containers = pod.value()["status"]["containerStatuses"].as_array()?;
        let ends = containers.iter().map(|one| {
            one["state"]["terminated"]["finishedAt"]
                .as_str()?
                .parse()
                .ok()
        });
        ends.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
    };
    let of_condition = || {
        let conditions = pod.value()["status"]["conditions"].as_array()?;
        let unready = conditions
            .iter()
            .find(|one| one["type"] == "Ready" && one["status"] == "False")?;
        unready["lastTransitionTime"].as_str()?.parse().ok()
    };
    let of_deletion = || {
        let deleted: Timestamp = pod.text("/metadata/deletionTimestamp").parse().ok()?;
        let grace = pod.number("/metadata/deletionGracePeriodSeconds");
        deleted.checked_sub(SignedDuration::from_secs(grace)).ok()
    };
    let created = || pod.text("/metadata/creationTimestamp").parse().ok();
    let known = of_containers().or_else(of_condition).or_else(of_deletion);
    known.or_else(created).unwrap_or_default()
}

/// The younger comes first; of those that are about as old as each other, one that is as good as drawn.
fn by_age(
    one: Timestamp,
    other: Timestamp,
    now: Timestamp,
    pod: &Object,
    other_pod: &Object,
) -> Ordering {
    let magnitude = |since: Timestamp| {
        let age = now.duration_since(since).as_nanos();
        u128::try_from(age).ok().and_then(u128::checked_ilog2)
    };
    let order = magnitude(one).cmp(&magnitude(other));
    order.then(pod.uid().cmp(other_pod.uid()))
}
