//! ReplicaSets have as many Pods as they say: `pkg/controller/replicaset` in Kubernetes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    owners::{DEPLOYMENTS, PODS, REPLICA_SETS, controller},
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

/// How many Pods are made or deleted before one looks again.
const AT_ONCE: usize = 500;

pub(super) fn sync(key: &Key, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
    let Some(found) = desk.get(REPLICA_SETS.collection, key) else {
        return Ok(Again::No);
    };
    let set = &found.object;
    let Some(selector) = LabelSelector::of(&set.value()["spec"]["selector"]) else {
        return Ok(Again::No);
    };
    let all = pods_of(set, desk);
    let (active, others): (Vec<_>, Vec<_>) = all.into_iter().partition(pods::is_active);
    let active = REPLICA_SETS.claim(set, &selector, PODS, active, desk)?;
    let is_own = |pod: &Object| controller(pod).is_some_and(|owner| owner.uid == set.uid());
    let terminating = others
        .iter()
        .filter(|pod| pods::is_terminating(pod) && is_own(pod) && selector.holds(pod));
    let terminating = terminating.count();
    let managed = if set.is_being_deleted() {
        Ok(())
    } else {
        manage(set, &active, desk, recorder)
    };
    tell(set, &active, terminating, managed.as_ref().err(), desk)?;
    managed?;
    Ok(next_check(set, &active, desk.now))
}

/// Its own Pods, and those that nobody owns.
fn pods_of(set: &Object, desk: &Desk<'_>) -> Vec<Object> {
    let all = desk.objects(PODS, Some(set.namespace()));
    let own = all.into_iter().filter(|pod| {
        let owner = controller(&pod.object);
        owner.is_none_or(|owner| owner.uid == set.uid())
    });
    own.map(|pod| pod.object.clone()).collect()
}

fn manage(
    set: &Object,
    active: &[Object],
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<(), Refusal> {
    let wanted = usize::try_from(set.number("/spec/replicas")).unwrap_or_default();
    if active.len() < wanted {
        let pod = pods::of_template(REPLICA_SETS, set, &set.value()["spec"]["template"]);
        let missing = (wanted - active.len()).min(AT_ONCE);
        return create_slowly(set, &pod, missing, desk, recorder);
    }
    let surplus = (active.len() - wanted).min(AT_ONCE);
    let mut doomed = active.to_vec();
    if surplus < doomed.len() {
        pods::sort_for_deletion(&mut doomed, &neighbours(set, desk), desk.now);
    }
    let mut failed = Ok(());
    for pod in &doomed[..surplus] {
        let deleted = pods::delete(REPLICA_SETS, set, pod, desk, recorder);
        failed = failed.and(deleted);
    }
    failed
}

/// One, then two, then four …: where Pods can't be made, few are tried (`slowStartBatch`).
fn create_slowly(
    set: &Object,
    pod: &Value,
    mut missing: usize,
    desk: &mut Desk<'_>,
    recorder: &mut Recorder,
) -> Result<(), Refusal> {
    let mut batch = 1;
    while missing > 0 {
        batch = batch.min(missing);
        let mut failed = Ok(());
        for _ in 0..batch {
            match pods::create(REPLICA_SETS, set, pod, desk, recorder) {
                Err(refusal) if !pods::is_for_terminating_namespace(&refusal) => {
                    failed = failed.and(Err(refusal));
                }
                _ => {}
            }
        }
        failed?;
        missing -= batch;
        batch *= 2;
    }
    Ok(())
}

/// On which nodes how many Pods are of the same Deployment.
fn neighbours(set: &Object, desk: &Desk<'_>) -> BTreeMap<String, usize> {
    let same = |other: &Object| match (controller(set), controller(other)) {
        (Some(own), Some(others)) => own.uid == others.uid,
        _ => other.uid() == set.uid(),
    };
    let mut counts = BTreeMap::new();
    let all = desk.objects(PODS, Some(set.namespace()));
    for pod in all.iter().filter(|pod| pods::is_active(&pod.object)) {
        let related = REPLICA_SETS.owner_of(&pod.object, desk);
        if related.is_some_and(|owner| same(&owner.object)) {
            let node = pod.object.text("/spec/nodeName").to_owned();
            *counts.entry(node).or_default() += 1;
        }
    }
    counts
}

/// Writes the status, where it says something new.
fn tell(
    set: &Object,
    active: &[Object],
    terminating: usize,
    failure: Option<&Refusal>,
    desk: &mut Desk<'_>,
) -> Result<(), Refusal> {
    let min_ready = set.number("/spec/minReadySeconds");
    let labels = pods::template_labels(&set.value()["spec"]["template"]);
    let template = LabelSelector::of(&json!({"matchLabels": labels}));
    let fits = |pod: &&Object| template.as_ref().is_some_and(|labels| labels.holds(pod));
    let ready = active.iter().filter(|pod| pods::is_ready(pod));
    let available = ready
        .clone()
        .filter(|pod| pods::available_at(pod, min_ready).is_some_and(|then| then <= desk.now));
    let mut status = Map::new();
    status.insert("replicas".into(), active.len().into());
    status.insert("terminatingReplicas".into(), terminating.into());
    let counts = [
        ("fullyLabeledReplicas", active.iter().filter(fits).count()),
        ("readyReplicas", ready.count()),
        ("availableReplicas", available.count()),
    ];
    for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        status.insert(name.into(), count.into());
    }
    if set.generation() > 0 {
        status.insert("observedGeneration".into(), set.generation().into());
    }
    let conditions = conditions(set, active.len(), failure, desk.now);
    if !conditions.is_empty() {
        status.insert("conditions".into(), conditions.into());
    }
    let status = Value::from(status);
    if set.value()["status"] == status {
        return Ok(());
    }
    let mut told = set.clone();
    told.fields_mut().insert("status".into(), status);
    desk.update(
        REPLICA_SETS.source.who,
        REPLICA_SETS.collection,
        "status",
        &told,
    )?;
    Ok(())
}

fn conditions(
    set: &Object,
    active: usize,
    failure: Option<&Refusal>,
    now: Timestamp,
) -> Vec<Value> {
    let conditions = set.value()["status"]["conditions"].as_array();
    let mut conditions = conditions.cloned().unwrap_or_default();
    let is_told = conditions.iter().any(|one| one["type"] == "ReplicaFailure");
    match failure {
        None => conditions.retain(|one| one["type"] != "ReplicaFailure"),
        Some(failure) if !is_told => {
            let wanted = usize::try_from(set.number("/spec/replicas")).unwrap_or_default();
            let reason = if active < wanted {
                "FailedCreate"
            } else {
                "FailedDelete"
            };
            conditions.push(json!({
                "type": "ReplicaFailure", "status": "True", "reason": reason,
                "message": failure.message, "lastTransitionTime": seconds(now),
            }));
        }
        Some(_) => {}
    }
    conditions
}

/// When the next Pod that is ready counts as available.
fn next_check(set: &Object, active: &[Object], now: Timestamp) -> Again {
    let min_ready = set.number("/spec/minReadySeconds");
    let ready = active.iter().filter(|pod| pods::is_ready(pod));
    let waiting = ready
        .filter_map(|pod| pods::available_at(pod, min_ready))
        .filter(|then| *then > now);
    match waiting.min() {
        Some(then) => Again::At(then),
        None => Again::No,
    }
}

/// The Deployment that a ReplicaSet belongs to, or may be taken by.
pub(super) fn deployments_of(set: &Object, desk: &Desk<'_>) -> Vec<Key> {
    match controller(set) {
        Some(_) => {
            let owner = DEPLOYMENTS.owner_of(set, desk);
            owner.map(|one| one.object.key()).into_iter().collect()
        }
        None => DEPLOYMENTS.selecting(set, desk),
    }
}
