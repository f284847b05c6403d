//! Garbage collection: objects go when all their owners are gone.
//!
//! The rules are those of `pkg/controller/garbagecollector` in Kubernetes. [`graph`] knows who owns whom; a look at the
//! store says what is there.

mod graph;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
    recorder::{Note, Source},
};
use crate::{Refusal, core::store::Stored};
use graph::{Graph, Node, OwnerReference};

const WHO: Who = Who::Controller("generic-garbage-collector");

/// Who tells of owners that can't be any.
pub(crate) const SOURCE: Source = Source {
    who: WHO,
    component: "garbage-collector-controller",
};

const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// The garbage collector.
#[derive(Debug, Default)]
pub(crate) struct Garbage {
    graph: Graph,
}

/// What becomes of an object, by its owners.
#[derive(Default)]
struct Owners {
    /// They are there.
    solid: Vec<OwnerReference>,
    /// They are not there.
    dangling: Vec<OwnerReference>,
    /// They are there until this object is gone.
    waiting: Vec<OwnerReference>,
}

impl Garbage {
    /// Takes note of a change. Returns what is to be told of owners in other namespaces.
    pub(crate) fn observe(&mut self, change: &Change, desk: &Desk<'_>) -> Vec<Note> {
        let resource = desk.resource(&change.collection);
        if let Some(resource) = resource.filter(|one| one.strategy.is_garbage_collected()) {
            self.graph.observe(change, &resource)
        } else {
            self.graph.forget(change);
            Vec::new()
        }
    }

    /// What is to be done since the last time.
    pub(crate) fn due(&mut self) -> Vec<Task> {
        self.graph.due()
    }

    /// Deletes an object if it is to go, as `attemptToDeleteItem`.
    pub(crate) fn collect(&mut self, uid: &str, desk: &mut Desk<'_>) -> Outcome {
        let Some((node, stored)) = self.find(uid, desk) else {
            return Ok(Again::No);
        };
        let object = &stored.object;
        if object.is_being_deleted() {
            if object.has_finalizer(FOREGROUND) {
                return self.end_foreground(uid, &node, &stored, desk);
            }
            return Ok(Again::No);
        }
        if node.owners.is_empty() {
            return Ok(Again::No);
        }
        let owners = match classify(&node, desk) {
            Ok(owners) => owners,
            Err(Unclear::OwnerInNoNamespace) => return Ok(Again::No),
            Err(Unclear::Unserved) => return Ok(Again::Backoff),
        };
        if !owners.solid.is_empty() {
            let mut lost = owners.dangling;
            lost.extend(owners.waiting);
            return remove_owners(&node, &stored, &lost, desk);
        }
        let has_dependents = self.graph.dependents(uid).next().is_some();
        if !owners.waiting.is_empty() && has_dependents {
            return self.go_on_in_foreground(uid, &node, &stored, desk);
        }
        let policy = if object.has_finalizer(ORPHAN) {
            "Orphan"
        } else if object.has_finalizer(FOREGROUND) {
            "Foreground"
        } else {
            "Background"
        };
        delete(&node, &stored, policy, desk)
    }

    /// Lets the dependents of an object live without it, as `attemptToOrphanWorker`.
    pub(crate) fn orphan(&mut self, uid: &str, desk: &mut Desk<'_>) -> Outcome {
        let dependents: Vec<String> = self.graph.dependents(uid).map(Into::into).collect();
        for dependent in dependents {
            if let Some((node, stored)) = self.find(&dependent, desk) {
                let owners = node.owners.iter();
                let lost: Vec<_> = owners.filter(|one| one.uid == uid).cloned().collect();
                remove_owners(&node, &stored, &lost, desk)?;
            }
        }
        match self.find(uid, desk) {
            Some((node, stored)) => remove_finalizer(&node, &stored, ORPHAN, desk),
            None => Ok(Again::No),
        }
    }

    fn find(&self, uid: &str, desk: &Desk<'_>) -> Option<(Node, Arc<Stored>)> {
        let node = self.graph.node(uid)?.clone();
        let stored = desk.get(&node.collection, &node.key)?;
        (stored.object.uid() == uid).then_some((node, stored))
    }

    /// As `processDeletingDependentsItem`: the object goes once nothing is left that blocks it.
    fn end_foreground(
        &mut self,
        uid: &str,
        node: &Node,
        stored: &Stored,
        desk: &mut Desk<'_>,
    ) -> Outcome {
        let blocking: Vec<String> = self.graph.blocking(uid).map(Into::into).collect();
        if blocking.is_empty() {
            return remove_finalizer(node, stored, FOREGROUND, desk);
        }
        for dependent in blocking {
            if !self.is_deleting_dependents(&dependent, desk) {
                self.graph.look_at(&dependent);
            }
        }
        Ok(Again::No)
    }

    /// An owner waits for an object that has dependents itself: it waits for these, too. Where one of these waits for its
    /// own dependents already, there may be a cycle, and nobody is to be blocked.
    fn go_on_in_foreground(
        &mut self,
        uid: &str,
        node: &Node,
        stored: &Stored,
        desk: &mut Desk<'_>,
    ) -> Outcome {
        let mut dependents = self.graph.dependents(uid);
        if !dependents.any(|one| self.is_deleting_dependents(one, desk)) {
            return delete(node, stored, "Foreground", desk);
        }
        let mut references = stored.object.value()["metadata"]["ownerReferences"].clone();
        for reference in references.as_array_mut().into_iter().flatten() {
            if reference["blockOwnerDeletion"] == true {
                reference["blockOwnerDeletion"] = false.into();
            }
        }
        let patch = json!({"metadata": {"uid": uid, "ownerReferences": references}});
        let unblocked = desk.patch(WHO, &node.collection, &node.key, &patch)?;
        let options = options(uid, unblocked.resource_version(), "Foreground");
        desk.delete(WHO, &node.collection, &node.key, &options)?;
        Ok(Again::No)
    }

    fn is_deleting_dependents(&self, uid: &str, desk: &Desk<'_>) -> bool {
        self.find(uid, desk).is_some_and(|(_, stored)| {
            stored.object.is_being_deleted() && stored.object.has_finalizer(FOREGROUND)
        })
    }
}

/// Why nobody knows whether an owner is there.
enum Unclear {
    /// Its kind is not served.
    Unserved,
    /// It would be in a namespace, and the object is in none.
    OwnerInNoNamespace,
}

fn classify(node: &Node, desk: &Desk<'_>) -> Result<Owners, Unclear> {
    let mut owners = Owners::default();
    for reference in &node.owners {
        let list = match owner(node, reference, desk)? {
            None => &mut owners.dangling,
            Some(owner)
                if owner.object.is_being_deleted() && owner.object.has_finalizer(FOREGROUND) =>
            {
                &mut owners.waiting
            }
            Some(_) => &mut owners.solid,
        };
        list.push(reference.clone());
    }
    Ok(owners)
}

/// The owner as it is; none where there is none of that kind, name and uid (`isDangling`).
fn owner(
    node: &Node,
    reference: &OwnerReference,
    desk: &Desk<'_>,
) -> Result<Option<Arc<Stored>>, Unclear> {
    let (group, version) = reference
        .api_version
        .split_once('/')
        .unwrap_or(("", &reference.api_version));
    let resource = desk.core.resource_of_kind(group, version, &reference.kind);
    let resource = resource.ok_or(Unclear::Unserved)?;
    let mut key = node.key.clone();
    key.name.clone_from(&reference.name);
    if !resource.namespaced {
        key.namespace.clear();
    } else if key.namespace.is_empty() {
        return Err(Unclear::OwnerInNoNamespace);
    }
    let found = desk.get(&resource.collection, &key);
    Ok(found.filter(|one| one.object.uid() == reference.uid))
}

fn delete(node: &Node, stored: &Stored, policy: &str, desk: &mut Desk<'_>) -> Outcome {
    let object = &stored.object;
    let options = options(object.uid(), object.resource_version(), policy);
    desk.delete(WHO, &node.collection, &node.key, &options)?;
    Ok(Again::No)
}

fn options(uid: &str, resource_version: &str, policy: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "DeleteOptions",
        "preconditions": {"uid": uid, "resourceVersion": resource_version},
        "propagationPolicy": policy,
    })
}

fn remove_owners(
    node: &Node,
    stored: &Stored,
    lost: &[OwnerReference],
    desk: &mut Desk<'_>,
) -> Outcome {
    if lost.is_empty() {
        return Ok(Again::No);
    }
    let references = stored.object.value()["metadata"]["ownerReferences"].as_array();
    let is_kept = |one: &&Value| lost.iter().all(|lost| one["uid"] != lost.uid.as_str());
    let kept: Vec<Value> = references
        .into_iter()
        .flatten()
        .filter(is_kept)
        .cloned()
        .collect();
    change_meta(node, stored, "ownerReferences", kept, desk)
}

fn remove_finalizer(node: &Node, stored: &Stored, name: &str, desk: &mut Desk<'_>) -> Outcome {
    if !stored.object.has_finalizer(name) {
        return Ok(Again::No);
    }
    let kept = stored.object.finalizers().filter(|one| *one != name);
    let kept = kept.map(Into::into).collect();
    change_meta(node, stored, "finalizers", kept, desk)
}

fn change_meta(
    node: &Node,
    stored: &Stored,
    field: &str,
    kept: Vec<Value>,
    desk: &mut Desk<'_>,
) -> Outcome {
    let kept = if kept.is_empty() {
        Value::Null
    } else {
        kept.into()
    };
    let patch = json!({"metadata": {
        "uid": stored.object.uid(), "resourceVersion": stored.object.resource_version(), field: kept,
    }});
    match desk.patch(WHO, &node.collection, &node.key, &patch) {
        Err(Refusal { code: 404, .. }) | Ok(_) => Ok(Again::No),
        Err(refusal) => Err(refusal),
    }
}
