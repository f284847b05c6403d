//! What is asked besides validation before something is written: does the namespace take new objects, may the writer do
//! what the object implies.

mod classes;
mod pod_security;
mod pods;
mod priority;

use super::{
    Core,
    commit::DEFINITIONS,
    object::{Key, Object},
    resource::{Part, Resource},
    unserved,
    write::Write,
};
use crate::{
    Refusal,
    auth::{Attributes, Grant, Target},
};

/// Namespaces that stay, as `metav1.NamespaceSystem` and its like.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

impl Core {
    /// Before an object is created.
    pub(crate) fn admit_create(
        &mut self,
        write: &mut Write<'_>,
        object: &mut Object,
    ) -> Result<(), Refusal> {
        self.admit_to_kind(write, object)?;
        self.admit_to_namespace(write, object)?;
        match &*write.resource.collection {
            "pods" => self.admit_pod(write, object)?,
            "persistentvolumeclaims" => self.give_storage_class(object),
            "ingresses.networking.k8s.io" => self.give_ingress_class(object),
            _ => {}
        }
        self.check_grant(write, None, object)
    }

    /// A kind that is going takes no new objects.
    fn admit_to_kind(&self, write: &Write<'_>, object: &Object) -> Result<(), Refusal> {
        let resource = write.resource;
        let definition = self
            .store
            .get(DEFINITIONS, &Key::new("", &resource.collection));
        if resource.is_custom && definition.is_some_and(|one| one.object.is_being_deleted()) {
            return Err(Refusal::forbidden(
                &resource.subject(object.name()),
                "create not allowed while custom resource definition is terminating",
            ));
        }
        Ok(())
    }

    /// Nobody gives rights that they don't hold.
    fn check_grant(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        new: &Object,
    ) -> Result<(), Refusal> {
        let grant = Grant {
            user: write.user,
            request: &write.call.target(),
            old: old.map(Object::value),
            new: new.value(),
        };
        grant.check(&self.rbac)
    }

    pub(crate) fn admit_to_namespace(
        &self,
        write: &Write<'_>,
        object: &Object,
    ) -> Result<(), Refusal> {
        let resource = write.resource;
        if !resource.namespaced {
            return Ok(());
        }
        let namespace = &write.call.namespace;
        let found = self.store.get("namespaces", &Key::new("", namespace));
        let Some(found) = found else {
            let subject = crate::Subject {
                resource: "namespaces".into(),
                name: namespace.clone(),
                ..Default::default()
            };
            return Err(Refusal::not_found(&subject));
        };
        if found.object.text("/status/phase") == "Terminating" {
            let mut refusal = Refusal::forbidden(
                &resource.subject(object.name()),
                &format!(
                    "unable to create new content in namespace {namespace} because it is being terminated"
                ),
            );
            if let Some(details) = &mut refusal.details {
                details["causes"] = serde_json::json!([{
                    "reason": "NamespaceTerminating",
                    "message": format!("namespace {namespace} is being terminated"),
                    "field": "metadata.namespace",
                }]);
            }
            return Err(refusal);
        }
        Ok(())
    }

    /// Before an object is changed.
    pub(crate) fn admit_update(
        &mut self,
        write: &mut Write<'_>,
        old: &Object,
        new: &mut Object,
    ) -> Result<(), Refusal> {
        if &*write.resource.collection == "pods" {
            self.admit_pod_update(write, old, new)?;
        }
        self.check_grant(write, Some(old), new)
    }

    /// After a new object, or a changed one, has been found valid: in the order of Kubernetes' plugins.
    pub(crate) fn admit_valid(
        &self,
        write: &Write<'_>,
        old: Option<&Object>,
        new: &Object,
    ) -> Result<(), Refusal> {
        unserved::check(write.resource, new)?;
        self.admit_by_pod_security(write, old, new)?;
        let collection = &*write.resource.collection;
        if collection == "priorityclasses.scheduling.k8s.io" {
            self.admit_priority_class(write, old, new)?;
        }
        if self.settings.enforces_owner_references {
            self.check_owners(write, old, new)?;
        }
        match (collection, old) {
            ("persistentvolumeclaims", Some(old)) if write.part == Part::Main => {
                self.admit_resize(write, old, new)
            }
            ("pods", None) => Self::admit_valid_pod(write, new),
            _ => Ok(()),
        }
    }

    /// Before an object is deleted.
    pub(crate) fn admit_delete(resource: &Resource, key: &Key) -> Result<(), Refusal> {
        let is_namespace = &*resource.collection == "namespaces";
        if is_namespace && IMMORTAL.contains(&key.name.as_str()) {
            return Err(Refusal::forbidden(
                &resource.subject(&key.name),
                "this namespace may not be deleted",
            ));
        }
        Ok(())
    }

    /// Whether the writer may create what an update or an apply finds missing.
    pub(crate) fn authorize_create(&self, write: &Write<'_>) -> Result<(), Refusal> {
        let attributes = Attributes {
            verb: "create".into(),
            target: Target::Resource(write.call.target()),
        };
        self.rbac.require(write.user, &attributes)
    }
}

/// The refusal of an object that may have no name yet.
fn forbidden(write: &Write<'_>, object: &Object, why: &str) -> Refusal {
    let name = match (object.name(), object.generate_name()) {
        ("", "") => "Unknown",
        ("", prefix) => prefix,
        (name, _) => name,
    };
    Refusal::forbidden(&write.resource.subject(name), why)
}
