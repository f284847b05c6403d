//! The ReplicaSet of the template as it is, and the numbers of revisions.

use serde_json::{Value, json};

use super::{
    Rollout,
    numbers::{history_limit, max_surge, progress_deadline, replicas},
};
use crate::{
    Refusal,
    controllers::workloads::{
        owners::{DEPLOYMENTS, REPLICA_SETS, controller},
        pods, template_hash,
    },
    core::object::{Key, Object, texts},
};

const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
pub(super) const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
pub(super) const MOST: &str = "deployment.kubernetes.io/max-replicas";
const HASH: &str = "pod-template-hash";

/// Annotations that a ReplicaSet does not take over.
const OWN: [&str; 6] = [
    "kubectl.kubernetes.io/last-applied-configuration",
    REVISION,
    HISTORY,
    DESIRED,
    MOST,
    "deprecated.deployment.rollback.to",
];

/// How long the list of former revisions may be, in letters.
const LONGEST_HISTORY: usize = 2000;

/// That of the template as it is, and the others from the oldest on.
pub(super) fn split(deployment: &Object, mut sets: Vec<Object>) -> (Option<Object>, Vec<Object>) {
    sets.sort_by(by_creation);
    let template = &deployment.value()["spec"]["template"];
    let own = |set: &Object| is_of(set, template);
    let new = sets.iter().position(own).map(|place| sets.remove(place));
    (new, sets)
}

pub(super) fn by_creation(one: &Object, other: &Object) -> std::cmp::Ordering {
    let created = |set: &Object| set.text("/metadata/creationTimestamp").to_owned();
    (created(one), one.name()).cmp(&(created(other), other.name()))
}

/// Whether a ReplicaSet was made of this template.
fn is_of(set: &Object, template: &Value) -> bool {
    let without_hash = |template: &Value| {
        let mut template = template.clone();
        if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
            labels.remove(HASH);
        }
        template
    };
    without_hash(&set.value()["spec"]["template"]) == without_hash(template)
}

/// The text of an annotation; empty where there is none.
pub(super) fn annotation<'a>(object: &'a Object, name: &str) -> &'a str {
    let found = object.value()["metadata"]["annotations"][name].as_str();
    found.unwrap_or_default()
}

/// Sets an annotation, and says whether it was another.
pub(super) fn annotate(object: &mut Object, name: &str, text: &str) -> bool {
    if object.value()["metadata"]["annotations"][name] == text {
        return false;
    }
    object.value_mut()["metadata"]["annotations"][name] = text.into();
    true
}

fn revision(set: &Object) -> Option<i64> {
    match annotation(set, REVISION) {
        "" => Some(0),
        text => text.parse().ok(),
    }
}

impl Rollout<'_, '_> {
    /// Gives the ReplicaSet of the template the latest revision, and makes it where it is not there and wanted.
    pub(super) fn settle_revision(&mut self, create: bool) -> Result<(), Refusal> {
        let latest = self
            .old
            .iter()
            .filter_map(revision)
            .max()
            .unwrap_or_default();
        let next = latest.max(0) + 1;
        match self.new.clone() {
            Some(set) => self.renew(set, next),
            None if create => self.create(next),
            None => Ok(()),
        }
    }

    fn renew(&mut self, mut set: Object, next: i64) -> Result<(), Refusal> {
        let mut changed = self.annotate_set(&mut set, next);
        let min_ready = &self.deployment.value()["spec"]["minReadySeconds"];
        if set.value()["spec"]["minReadySeconds"] != *min_ready {
            set.value_mut()["spec"]["minReadySeconds"] = min_ready.clone();
            changed = true;
        }
        if changed {
            let who = DEPLOYMENTS.source.who;
            let written = self.desk.update(who, REPLICA_SETS.collection, "", &set)?;
            self.new = Some(written);
            return Ok(());
        }
        let mut is_news = annotate(&mut self.deployment, REVISION, annotation(&set, REVISION));
        let is_untold = self.condition("Progressing").is_none();
        if progress_deadline(&self.deployment).is_some() && is_untold {
            let message = format!("Found new replica set \"{}\"", set.name());
            self.set_condition("Progressing", "True", "FoundNewReplicaSet", &message);
            is_news = true;
        }
        if is_news {
            self.write_status()?;
        }
        Ok(())
    }

    fn create(&mut self, next: i64) -> Result<(), Refusal> {
        let collisions = self.deployment.value()["status"]["collisionCount"].as_i64();
        let template = &self.deployment.value()["spec"]["template"];
        let hash = template_hash::of(template, collisions);
        let mut set = self.described(&hash);
        self.annotate_set(&mut set, next);
        let wanted = self.wanted_of_new(&set);
        set.value_mut()["spec"]["replicas"] = wanted.into();
        set_sizes(&mut set, &self.deployment);
        let who = DEPLOYMENTS.source.who;
        let namespace = self.deployment.namespace().to_owned();
        let created = self
            .desk
            .create(who, REPLICA_SETS.collection, &namespace, set.value());
        let is_created = created.is_ok();
        let created = match created {
            Err(refusal) if refusal.reason == "AlreadyExists" => self.taken(set.name(), refusal)?,
            Err(refusal) => return Err(self.not_created(set.name(), refusal)),
            Ok(created) => created,
        };
        let name = created.name().to_owned();
        self.new = Some(created);
        if is_created && wanted > 0 {
            self.tell_scaled("up", &name, 0, wanted);
        }
        let mut is_news = annotate(&mut self.deployment, REVISION, &next.to_string());
        if is_created && progress_deadline(&self.deployment).is_some() {
            let message = format!("Created new replica set \"{name}\"");
            self.set_condition("Progressing", "True", "NewReplicaSetCreated", &message);
            is_news = true;
        }
        if is_news {
            self.write_status()?;
        }
        Ok(())
    }

    /// The new ReplicaSet, without its size.
    fn described(&self, hash: &str) -> Object {
        const LONGEST_NAME: usize = 253;
        let deployment = self.deployment.value();
        let mut template = deployment["spec"]["template"].clone();
        template["metadata"]["labels"][HASH] = hash.into();
        let mut selector = deployment["spec"]["selector"].clone();
        selector["matchLabels"][HASH] = hash.into();
        let mut name = self.deployment.name().to_owned();
        name.truncate(LONGEST_NAME - 1 - hash.len());
        let mut spec = json!({"replicas": 0, "selector": selector, "template": template});
        if let Some(seconds) = deployment["spec"].get("minReadySeconds") {
            spec["minReadySeconds"] = seconds.clone();
        }
        let set = json!({
            "apiVersion": REPLICA_SETS.api_version, "kind": REPLICA_SETS.name,
            "metadata": {
                "name": format!("{name}-{hash}"),
                "namespace": self.deployment.namespace(),
                "labels": pods::template_labels(&template),
                "ownerReferences": [DEPLOYMENTS.reference(&self.deployment)],
            },
            "spec": spec,
        });
        Object::new(set).expect("a ReplicaSet is an object")
    }

    /// The name is taken: by what was made a moment ago, or by another template with the same hash.
    fn taken(&mut self, name: &str, refusal: Refusal) -> Result<Object, Refusal> {
        let key = Key::new(self.deployment.namespace(), name);
        let found = self.desk.get(REPLICA_SETS.collection, &key);
        let found = found.ok_or_else(|| refusal.clone())?;
        let is_own = controller(&found.object).is_some_and(|it| it.uid == self.deployment.uid());
        if is_own && is_of(&found.object, &self.deployment.value()["spec"]["template"]) {
            return Ok(found.object.clone());
        }
        let count = self.deployment.number("/status/collisionCount") + 1;
        self.deployment.value_mut()["status"]["collisionCount"] = count.into();
        self.write_status()?;
        Err(refusal)
    }

    fn not_created(&mut self, name: &str, refusal: Refusal) -> Refusal {
        if pods::is_for_terminating_namespace(&refusal) {
            return refusal;
        }
        let message = format!(
            "Failed to create new replica set \"{name}\": {}",
            refusal.message
        );
        if progress_deadline(&self.deployment).is_some() {
            let reason = "ReplicaSetCreateError";
            self.set_condition("Progressing", "False", reason, &message);
            // There is something worse to tell than that this could not be written.
            let _ = self.write_status();
        }
        DEPLOYMENTS.tell(
            &self.deployment,
            true,
            "ReplicaSetCreateError",
            message,
            self.desk,
            self.recorder,
        );
        refusal
    }

    /// Gives a ReplicaSet the Deployment's annotations and its revision; says whether something is new.
    fn annotate_set(&self, set: &mut Object, next: i64) -> bool {
        let mut changed = false;
        for (name, text) in texts(self.deployment.meta().get("annotations")) {
            if !OWN.contains(&name) {
                changed |= annotate(set, name, text);
            }
        }
        let before = annotation(set, REVISION).to_owned();
        let Some(number) = revision(set) else {
            return false;
        };
        if number < next {
            annotate(set, REVISION, &next.to_string());
            changed = true;
            if !before.is_empty() {
                add_to_history(set, &before);
            }
        }
        changed
    }

    /// Deletes the oldest ReplicaSets, of which more are there than are to be kept.
    pub(super) fn forget_old_revisions(&mut self) -> Result<(), Refusal> {
        let Some(limit) = history_limit(&self.deployment) else {
            return Ok(());
        };
        let kept = usize::try_from(limit).unwrap_or_default();
        let mut old: Vec<_> = self
            .old
            .iter()
            .filter(|set| !set.is_being_deleted())
            .collect();
        old.sort_by(|one, other| {
            let revisions = (revision(one), revision(other));
            let known = matches!(revisions, (Some(_), Some(_)));
            let order = revisions.0.cmp(&revisions.1);
            Some(order)
                .filter(|order| known && order.is_ne())
                .unwrap_or_else(|| by_creation(one, other))
        });
        let surplus = old.len().saturating_sub(kept);
        let idle = old.into_iter().take(surplus).filter(|set| {
            set.number("/status/replicas") == 0
                && replicas(set) == 0
                && set.generation() <= set.number("/status/observedGeneration")
        });
        let options = json!({"apiVersion": "v1", "kind": "DeleteOptions"});
        for key in idle.map(Object::key).collect::<Vec<_>>() {
            let who = DEPLOYMENTS.source.who;
            self.desk
                .delete(who, REPLICA_SETS.collection, &key, &options)?;
        }
        Ok(())
    }
}

/// Has a ReplicaSet say how many Pods its Deployment wants, and may have.
pub(super) fn set_sizes(set: &mut Object, deployment: &Object) -> bool {
    let wanted = replicas(deployment);
    let most = wanted + max_surge(deployment);
    let desired = annotate(set, DESIRED, &wanted.to_string());
    annotate(set, MOST, &most.to_string()) || desired
}

fn add_to_history(set: &mut Object, revision: &str) {
    let known = annotation(set, HISTORY).to_owned();
    if known.is_empty() {
        annotate(set, HISTORY, revision);
        return;
    }
    let mut revisions: Vec<_> = known.split(',').collect();
    revisions.push(revision);
    let mut rest = revisions.as_slice();
    while rest.join(",").len() > LONGEST_HISTORY {
        rest = &rest[1..];
    }
    annotate(set, HISTORY, &rest.join(","));
}
