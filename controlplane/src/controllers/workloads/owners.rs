//! Who owns whom, and who takes what nobody owns: as `ControllerRefManager` of `pkg/controller` in Kubernetes.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    Refusal,
    controllers::{
        desk::{Desk, Who},
        recorder::{About, Note, Recorder, Source},
    },
    core::{
        object::{Key, Object, Owner},
        selector::LabelSelector,
        store::Stored,
    },
};

/// A kind that has a controller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    pub(super) collection: &'static str,
    pub(super) api_version: &'static str,
    pub(super) name: &'static str,
    pub(super) source: Source,
}

pub(super) const DEPLOYMENTS: Kind = Kind {
    collection: "deployments.apps",
    api_version: "apps/v1",
    name: "Deployment",
    source: Source {
        who: Who::Controller("deployment-controller"),
        component: "deployment-controller",
    },
};

pub(super) const REPLICA_SETS: Kind = Kind {
    collection: "replicasets.apps",
    api_version: "apps/v1",
    name: "ReplicaSet",
    source: Source {
        who: Who::Controller("replicaset-controller"),
        component: "replicaset-controller",
    },
};

pub(super) const JOBS: Kind = Kind {
    collection: "jobs.batch",
    api_version: "batch/v1",
    name: "Job",
    source: Source {
        who: Who::Controller("job-controller"),
        component: "job-controller",
    },
};

pub(super) const BUDGETS: Kind = Kind {
    collection: "poddisruptionbudgets.policy",
    api_version: "policy/v1",
    name: "PodDisruptionBudget",
    source: Source {
        who: Who::Controller("disruption-controller"),
        component: "controllermanager",
    },
};

pub(super) const PODS: &str = "pods";

impl Kind {
    /// Tells people something about an object of this kind.
    pub(super) fn tell(
        self,
        object: &Object,
        is_warning: bool,
        reason: &'static str,
        message: String,
        desk: &mut Desk<'_>,
        recorder: &mut Recorder,
    ) {
        let about = About {
            api_version: self.api_version.into(),
            kind: self.name.into(),
            key: object.key(),
            uid: object.uid().into(),
            resource_version: object.resource_version().into(),
            field: String::new(),
        };
        let note = Note {
            about,
            is_warning,
            reason,
            message,
        };
        recorder.record(desk, self.source, &note);
    }

    /// By which what an object of this kind makes names it.
    pub(super) fn reference(self, owner: &Object) -> Value {
        json!({
            "apiVersion": self.api_version, "kind": self.name,
            "name": owner.name(), "uid": owner.uid(),
            "controller": true, "blockOwnerDeletion": true,
        })
    }

    /// The object of this kind that owns another one as its controller.
    pub(super) fn owner_of(self, object: &Object, desk: &Desk<'_>) -> Option<Arc<Stored>> {
        let owner = controller(object).filter(|owner| owner.kind == self.name)?;
        let found = desk.get(self.collection, &Key::new(object.namespace(), owner.name))?;
        (found.object.uid() == owner.uid).then_some(found)
    }

    /// Those whose selector an object fits: they may want to take it.
    pub(super) fn selecting(self, object: &Object, desk: &Desk<'_>) -> Vec<Key> {
        let all = desk.objects(self.collection, Some(object.namespace()));
        let fitting = all.iter().filter(|one| {
            let selector = LabelSelector::of(&one.object.value()["spec"]["selector"]);
            selector.is_some_and(|selector| selector.holds(object))
        });
        fitting.map(|one| one.object.key()).collect()
    }

    /// Takes what fits the selector and has no controller, lets go of what fits no more; returns what is the owner's.
    pub(super) fn claim(
        self,
        owner: &Object,
        selector: &LabelSelector,
        collection: &str,
        candidates: Vec<Object>,
        desk: &mut Desk<'_>,
    ) -> Result<Vec<Object>, Refusal> {
        let mut claimed = Vec::new();
        for object in candidates {
            let fits = selector.holds(&object);
            match controller(&object) {
                Some(other) if other.uid != owner.uid() => {}
                Some(_) if fits => claimed.push(object),
                Some(_) if !owner.is_being_deleted() => {
                    self.release(owner, collection, &object, desk)?;
                }
                None if fits && !owner.is_being_deleted() && !object.is_being_deleted() => {
                    claimed.extend(self.adopt(owner, collection, &object, desk)?);
                }
                _ => {}
            }
        }
        Ok(claimed)
    }

    fn adopt(
        self,
        owner: &Object,
        collection: &str,
        object: &Object,
        desk: &mut Desk<'_>,
    ) -> Result<Option<Object>, Refusal> {
        let mut owners = references(object);
        owners.push(self.reference(owner));
        match self.set_owners(collection, object, owners, desk) {
            Err(refusal) if refusal.code == 404 => Ok(None),
            adopted => adopted.map(Some),
        }
    }

    fn release(
        self,
        owner: &Object,
        collection: &str,
        object: &Object,
        desk: &mut Desk<'_>,
    ) -> Result<(), Refusal> {
        let mut owners = references(object);
        owners.retain(|one| one["uid"] != owner.uid());
        match self.set_owners(collection, object, owners, desk) {
            Err(refusal) if !matches!(refusal.code, 404 | 422) => Err(refusal),
            _ => Ok(()),
        }
    }

    fn set_owners(
        self,
        collection: &str,
        object: &Object,
        owners: Vec<Value>,
        desk: &mut Desk<'_>,
    ) -> Result<Object, Refusal> {
        let owners = if owners.is_empty() {
            Value::Null
        } else {
            owners.into()
        };
        let patch = json!({"metadata": {"uid": object.uid(), "ownerReferences": owners}});
        desk.patch(self.source.who, collection, &object.key(), &patch)
    }
}

fn references(object: &Object) -> Vec<Value> {
    let references = object.meta().get("ownerReferences");
    references
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

/// The owner that an object is managed by.
pub(super) fn controller(object: &Object) -> Option<Owner<'_>> {
    object.owners().find(|owner| owner.controller)
}
