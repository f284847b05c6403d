//! The end of a namespace: everything in it goes, then the namespace itself.
//!
//! The rules are those of `pkg/controller/namespace/deletion` in Kubernetes. The real controller waits for five seconds
//! before it begins, so that several API servers get to know; here is only one, and it begins at once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::{
    Refusal,
    core::{
        call::Verb,
        object::{Key, Object, seconds},
        resource::Resource,
        store::Stored,
    },
};

const WHO: Who = Who::Controller("namespace-controller");
const FINALIZER: &str = "kubernetes";

/// How long finalizers are thought to take.
const FINALIZERS_TAKE: i64 = 15;

/// What a change makes necessary.
pub(crate) fn tasks(change: &Change) -> Option<Task> {
    let namespace = change
        .after
        .as_ref()
        .filter(|_| &*change.collection == "namespaces")?;
    let name = namespace.object.name();
    namespace
        .object
        .is_being_deleted()
        .then(|| Task::Namespace(name.into()))
}

/// What is left in a namespace.
#[derive(Default)]
struct Remaining {
    /// How many objects, by `configmaps.`, `deployments.apps`.
    objects: BTreeMap<String, usize>,
    finalizers: BTreeMap<String, usize>,
    /// In how many seconds they are thought to be gone.
    estimate: i64,
    failures: Vec<String>,
}

pub(crate) fn empty(name: &str, desk: &mut Desk<'_>) -> Outcome {
    let Some(namespace) = desk.get("namespaces", &Key::new("", name)) else {
        return Ok(Again::No);
    };
    if !namespace.object.is_being_deleted() || spec_finalizers(&namespace.object).is_empty() {
        return Ok(Again::No);
    }
    let remaining = delete_all(&namespace.object, desk);
    tell(&namespace, &remaining, desk)?;
    if !remaining.failures.is_empty() {
        return Ok(Again::Backoff);
    }
    if remaining.estimate > 0 {
        let pause = SignedDuration::from_secs(remaining.estimate / 2 + 1);
        return Ok(Again::At(desk.now.checked_add(pause).unwrap_or(desk.now)));
    }
    finalize(name, desk)
}

/// Deletes what is in a namespace: Pods first, and all else once they are gone.
fn delete_all(namespace: &Object, desk: &mut Desk<'_>) -> Remaining {
    let mut remaining = Remaining::default();
    let resources = desk.core.collections().into_values();
    let (pods, others): (Vec<_>, Vec<_>) = resources
        .filter(|one| one.namespaced && one.verbs.contains(&Verb::Delete))
        .partition(|one| &*one.collection == "pods");
    for kinds in [pods, others] {
        for resource in kinds {
            delete_kind(namespace, &resource, &mut remaining, desk);
        }
        if !remaining.objects.is_empty() {
            break;
        }
    }
    remaining
}

fn delete_kind(
    namespace: &Object,
    resource: &Resource,
    remaining: &mut Remaining,
    desk: &mut Desk<'_>,
) {
    let objects = desk.objects(&resource.collection, Some(namespace.name()));
    if objects.is_empty() {
        return;
    }
    let mut estimate = 0;
    if &*resource.collection == "pods" {
        let longest = objects
            .iter()
            .map(|pod| grace(&pod.object))
            .max()
            .unwrap_or_default();
        if desk.now.as_second() - deleted_at(namespace).as_second() < longest {
            estimate = longest;
        }
    }
    let options = json!({
        "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background",
    });
    for object in &objects {
        let key = object.object.key();
        if let Err(refusal) = desk.delete(WHO, &resource.collection, &key, &options) {
            remaining.failures.push(refusal.message);
        }
    }
    let left = desk.objects(&resource.collection, Some(namespace.name()));
    remaining.count(resource, &left, estimate);
}

impl Remaining {
    fn count(&mut self, resource: &Resource, left: &[std::sync::Arc<Stored>], estimate: i64) {
        if left.is_empty() {
            return;
        }
        let kind = format!("{}.{}", resource.plural, resource.group);
        self.objects.insert(kind, left.len());
        let mut held = false;
        for finalizer in left.iter().flat_map(|one| one.object.finalizers()) {
            *self.finalizers.entry(finalizer.into()).or_default() += 1;
            held = true;
        }
        let estimate = match estimate {
            0 if held => FINALIZERS_TAKE,
            estimate => estimate,
        };
        if estimate == 0 {
            self.failures.push(format!(
                "unexpected items still remain in namespace: {} for gvr: {}/{}, Resource={}",
                left[0].object.namespace(),
                resource.group,
                resource.version,
                resource.plural
            ));
        }
        self.estimate = self.estimate.max(estimate);
    }

    /// Type, status, reason, message of each condition, in the order of the real ones.
    fn conditions(&self) -> [(&'static str, bool, &'static str, String); 5] {
        let condition = |kind, bad: Option<(&'static str, String)>, reason, message: &str| match bad
        {
            Some((reason, message)) => (kind, true, reason, message),
            None => (kind, false, reason, message.to_owned()),
        };
        let list = |counts: &BTreeMap<String, usize>, word: &str| {
            let each = counts
                .iter()
                .map(|(name, count)| format!("{name} {word} {count} resource instances"));
            each.collect::<Vec<_>>().join(", ")
        };
        let failed = (!self.failures.is_empty()).then(|| {
            let mut failures = self.failures.clone();
            failures.sort();
            let count = failures.len();
            let message = format!(
                "Failed to delete all resource types, {count} remaining: {}",
                failures.join(", ")
            );
            ("ContentDeletionFailed", message)
        });
        let pods_remain = self.objects.keys().any(|kind| kind == "pods.");
        let objects = (!self.objects.is_empty() && !pods_remain).then(|| {
            let message = format!(
                "Some resources are remaining: {}",
                list(&self.objects, "has")
            );
            ("SomeResourcesRemain", message)
        });
        let finalizers = (!self.finalizers.is_empty() && !pods_remain).then(|| {
            let message = format!(
                "Some content in the namespace has finalizers remaining: {}",
                list(&self.finalizers, "in")
            );
            ("SomeFinalizersRemain", message)
        });
        [
            condition(
                "NamespaceDeletionDiscoveryFailure",
                None,
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
            condition(
                "NamespaceDeletionGroupVersionParsingFailure",
                None,
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
            condition(
                "NamespaceDeletionContentFailure",
                failed,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
            condition(
                "NamespaceContentRemaining",
                objects,
                "ContentRemoved",
                "All content successfully removed",
            ),
            condition(
                "NamespaceFinalizersRemaining",
                finalizers,
                "ContentHasNoFinalizers",
                "All content-preserving finalizers finished",
            ),
        ]
    }
}

/// Sets the conditions, where they say something new.
fn tell(namespace: &Stored, remaining: &Remaining, desk: &mut Desk<'_>) -> Result<(), Refusal> {
    let mut object = namespace.object.clone();
    let mut conditions: Vec<Value> = object.value()["status"]["conditions"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    for (kind, is_bad, reason, message) in remaining.conditions() {
        let status = if is_bad { "True" } else { "False" };
        let mut condition = json!({
            "type": kind, "status": status, "reason": reason, "message": message,
            "lastTransitionTime": seconds(desk.now),
        });
        match conditions.iter_mut().find(|one| one["type"] == kind) {
            Some(old) => {
                if old["status"] == status {
                    condition["lastTransitionTime"] = old["lastTransitionTime"].clone();
                }
                *old = condition;
            }
            None => conditions.push(condition),
        }
    }
    if object.value()["status"]["conditions"].as_array() == Some(&conditions) {
        return Ok(());
    }
    object.value_mut()["status"]["conditions"] = conditions.into();
    desk.update(WHO, "namespaces", "status", &object)?;
    Ok(())
}

fn finalize(name: &str, desk: &mut Desk<'_>) -> Outcome {
    let Some(namespace) = desk.get("namespaces", &Key::new("", name)) else {
        return Ok(Again::No);
    };
    let mut object = namespace.object.clone();
    let mut kept = spec_finalizers(&object);
    kept.retain(|one| one != FINALIZER);
    kept.sort();
    kept.dedup();
    if kept.is_empty() {
        object.fields_mut().insert("spec".into(), json!({}));
    } else {
        object.value_mut()["spec"]["finalizers"] = kept.into();
    }
    desk.update(WHO, "namespaces", "finalize", &object)?;
    Ok(Again::No)
}

fn spec_finalizers(namespace: &Object) -> Vec<String> {
    let list = namespace.value()["spec"]["finalizers"].as_array();
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(Into::into)
        .collect()
}

fn deleted_at(namespace: &Object) -> Timestamp {
    let text = namespace.text("/metadata/deletionTimestamp");
    text.parse().unwrap_or_default()
}

/// How long a Pod may take to end; one that has ended takes no time.
fn grace(pod: &Object) -> i64 {
    if matches!(pod.text("/status/phase"), "Succeeded" | "Failed") {
        return 0;
    }
    pod.value()["spec"]["terminationGracePeriodSeconds"]
        .as_i64()
        .unwrap_or_default()
}
