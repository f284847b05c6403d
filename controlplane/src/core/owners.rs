//! Who may make an object the owner of another: the admission plugin `OwnerReferencesPermissionEnforcement`.
//!
//! The rules are those of `plugin/pkg/admission/gc` in Kubernetes.

use super::{
    Core,
    object::{Object, Owner},
    write::Write,
};
use crate::{
    Refusal,
    auth::{Attributes, Decision, Resource, Target},
};

impl Core {
    /// Refuses owner references that the writer may not set.
    pub(crate) fn check_owners(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        new: &Object,
    ) -> Result<(), Refusal> {
        if !is_changed(old, new) {
            return Ok(());
        }
        let forbidden = |why: &str| {
            let name = if new.name().is_empty() {
                &write.call.name
            } else {
                new.name()
            };
            Refusal::forbidden(&write.resource.subject(name), why)
        };
        if old.is_some() {
            let delete = self.decide(write, "delete", write.call.target());
            if !delete.is_allowed() {
                return Err(forbidden(&format!(
                    "cannot set an ownerRef on a resource you can't delete: {}, <nil>",
                    delete.reason()
                )));
            }
        }
        let blocking = newly_blocking(old, new);
        if blocking.is_empty() || self.may_finalize_anything(write) {
            return Ok(());
        }
        for owner in blocking {
            let Some(target) = self.finalizers_of(&owner, write) else {
                return Err(forbidden(&format!(
                    "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion {} Kind {}: no matches for kind {:?} in version {:?}",
                    owner.api_version, owner.kind, owner.kind, owner.api_version
                )));
            };
            let update = self.decide(write, "update", target);
            if !update.is_allowed() {
                return Err(forbidden(&format!(
                    "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: {}, <nil>",
                    update.reason()
                )));
            }
        }
        Ok(())
    }

    fn decide(&self, write: &Write<'_>, verb: &str, target: Resource) -> Decision {
        let attributes = Attributes {
            verb: verb.into(),
            target: Target::Resource(target),
        };
        self.rbac.authorize(write.user, &attributes)
    }

    fn may_finalize_anything(&self, write: &Write<'_>) -> bool {
        let anything = Resource {
            group: "*".into(),
            version: "*".into(),
            resource: "*".into(),
            subresource: "finalizers".into(),
            name: "*".into(),
            ..Resource::default()
        };
        self.decide(write, "update", anything).is_allowed()
    }

    fn finalizers_of(&self, owner: &Owner<'_>, write: &Write<'_>) -> Option<Resource> {
        let (group, version) = owner
            .api_version
            .rsplit_once('/')
            .unwrap_or(("", owner.api_version));
        let kind = self.registry.of_kind(group, version, owner.kind)?;
        let namespace = if kind.namespaced {
            write.call.namespace.clone()
        } else {
            String::new()
        };
        Some(Resource {
            namespace,
            group: group.into(),
            version: version.into(),
            resource: kind.plural.clone(),
            subresource: "finalizers".into(),
            name: owner.name.into(),
        })
    }
}

fn is_changed(old: Option<&Object>, new: &Object) -> bool {
    let references = |object: &Object| {
        let references = object.meta().get("ownerReferences").cloned();
        references.unwrap_or_else(|| serde_json::json!([]))
    };
    old.map_or_else(|| serde_json::json!([]), references) != references(new)
}

fn newly_blocking<'a>(old: Option<&Object>, new: &'a Object) -> Vec<Owner<'a>> {
    let blocked = |uid: &str| {
        let mut before = old.into_iter().flat_map(Object::owners);
        before.any(|owner| owner.uid == uid && owner.blocks_deletion)
    };
    let blocking = new.owners().filter(|owner| owner.blocks_deletion);
    blocking.filter(|owner| !blocked(owner.uid)).collect()
}
