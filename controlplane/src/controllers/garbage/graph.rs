//! Who owns whom, by uid.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{FOREGROUND, ORPHAN, Task};
use crate::{
    controllers::{
        feed::Change,
        recorder::{About, Note},
    },
    core::{
        object::{Key, Object},
        resource::Resource,
    },
};

/// All objects, and what is to be looked at because of what became of them: as `graph_builder.go`.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: BTreeMap<String, Node>,
    /// By the uid of an owner, which may not be there.
    dependents: BTreeMap<String, BTreeSet<String>>,
    due: Vec<Task>,
}

/// An object.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) collection: Arc<str>,
    pub(crate) key: Key,
    api_version: String,
    kind: String,
    pub(crate) owners: Vec<OwnerReference>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnerReference {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) uid: String,
    blocks: bool,
}

impl Graph {
    pub(crate) fn node(&self, uid: &str) -> Option<&Node> {
        self.nodes.get(uid)
    }

    /// The uids of the objects that name this one as an owner.
    pub(crate) fn dependents(&self, uid: &str) -> impl Iterator<Item = &str> {
        self.dependents
            .get(uid)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// Those of them that it must not go before.
    pub(crate) fn blocking(&self, uid: &str) -> impl Iterator<Item = &str> {
        let blocks = move |dependent: &&str| {
            let node = self.nodes.get(*dependent);
            node.is_some_and(|node| node.owners.iter().any(|one| one.uid == uid && one.blocks))
        };
        self.dependents(uid).filter(blocks)
    }

    pub(crate) fn due(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.due)
    }

    pub(crate) fn look_at(&mut self, uid: &str) {
        self.due.push(Task::Garbage(uid.into()));
    }

    pub(crate) fn observe(&mut self, change: &Change, resource: &Resource) -> Vec<Note> {
        let Some(after) = &change.after else {
            self.forget(change);
            return Vec::new();
        };
        let object = &after.object;
        let uid = object.uid();
        let owners: Vec<OwnerReference> = object.owners().map(Into::into).collect();
        let node = Node {
            collection: change.collection.clone(),
            key: object.key(),
            api_version: resource.api_version(),
            kind: resource.kind.clone(),
            owners: owners.clone(),
        };
        let before = self.nodes.insert(uid.into(), node);
        let owners_before = before.map(|node| node.owners).unwrap_or_default();
        let notes = self.settle_owners(uid, &owners_before, &owners);
        self.settle_deletion(uid, change.before.as_ref().map(|one| &*one.object), object);
        notes
    }

    /// An object is gone.
    pub(crate) fn forget(&mut self, change: &Change) {
        let uid = change.object().object.uid();
        let Some(node) = self.nodes.remove(uid) else {
            return;
        };
        let dependents: Vec<String> = self.dependents(uid).map(Into::into).collect();
        for dependent in &dependents {
            self.look_at(dependent);
        }
        for owner in &node.owners {
            self.unlink(uid, &owner.uid);
            if self.nodes.contains_key(&owner.uid) {
                self.look_at(&owner.uid);
            }
        }
    }

    fn unlink(&mut self, dependent: &str, owner: &str) {
        if let Some(dependents) = self.dependents.get_mut(owner) {
            dependents.remove(dependent);
            if dependents.is_empty() {
                self.dependents.remove(owner);
            }
        }
    }

    fn settle_owners(
        &mut self,
        uid: &str,
        before: &[OwnerReference],
        after: &[OwnerReference],
    ) -> Vec<Note> {
        for old in before {
            let new = after.iter().find(|one| one.uid == old.uid);
            if old.blocks && !new.is_some_and(|new| new.blocks) {
                self.look_at(&old.uid);
            }
            if new.is_none() {
                self.unlink(uid, &old.uid);
            }
        }
        let is_new = |one: &&OwnerReference| before.iter().all(|old| old.uid != one.uid);
        let mut notes = Vec::new();
        for owner in after.iter().filter(is_new) {
            self.dependents
                .entry(owner.uid.clone())
                .or_default()
                .insert(uid.into());
            let (is_doubtful, note) = self.check(uid, owner);
            if is_doubtful {
                self.look_at(uid);
            }
            notes.extend(note);
        }
        notes
    }

    /// Whether an owner may be none, and what is to be told of it (`addDependentToOwners`).
    fn check(&self, uid: &str, reference: &OwnerReference) -> (bool, Option<Note>) {
        let Some(owner) = self.nodes.get(&reference.uid) else {
            return (true, None);
        };
        let node = &self.nodes[uid];
        if !owner.key.namespace.is_empty() && owner.key.namespace != node.key.namespace {
            return (true, Some(note_of_namespace(uid, node, reference)));
        }
        let is_same = owner.api_version == reference.api_version
            && owner.kind == reference.kind
            && owner.key.name == reference.name;
        (!is_same, None)
    }

    /// As `processTransitions`.
    fn settle_deletion(&mut self, uid: &str, before: Option<&Object>, after: &Object) {
        let waits = |object: &Object, finalizer| {
            object.is_being_deleted() && object.has_finalizer(finalizer)
        };
        let begins = |finalizer| {
            waits(after, finalizer) && !before.is_some_and(|before| waits(before, finalizer))
        };
        if begins(ORPHAN) {
            self.due.push(Task::Orphans(uid.into()));
        } else if begins(FOREGROUND) {
            let dependents: Vec<String> = self.dependents(uid).map(Into::into).collect();
            for dependent in &dependents {
                self.look_at(dependent);
            }
            self.look_at(uid);
        }
    }
}

fn note_of_namespace(uid: &str, node: &Node, owner: &OwnerReference) -> Note {
    let namespace = &node.key.namespace;
    Note {
        about: About {
            api_version: node.api_version.clone(),
            kind: node.kind.clone(),
            key: node.key.clone(),
            uid: uid.into(),
            resource_version: String::new(),
            field: String::new(),
        },
        is_warning: true,
        reason: "OwnerRefInvalidNamespace",
        message: format!(
            "ownerRef [{}/{}, namespace: {namespace}, name: {}, uid: {}] does not exist in namespace {namespace:?}",
            owner.api_version, owner.kind, owner.name, owner.uid
        ),
    }
}

impl From<crate::core::object::Owner<'_>> for OwnerReference {
    fn from(owner: crate::core::object::Owner<'_>) -> Self {
        Self {
            api_version: owner.api_version.into(),
            kind: owner.kind.into(),
            name: owner.name.into(),
            uid: owner.uid.into(),
            blocks: owner.blocks_deletion,
        }
    }
}
