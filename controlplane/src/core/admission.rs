//! What is asked besides validation before something is written: does the namespace take new objects, may the writer do
//! what the object implies.

use super::{
    Core,
    object::{Key, Object},
    resource::Resource,
    write::Write,
};
use crate::Refusal;

/// Namespaces that stay, as `metav1.NamespaceSystem` and its like.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

impl Core {
    /// Before an object is created.
    pub(crate) fn admit_create(
        &mut self,
        write: &mut Write<'_>,
        _object: &mut Object,
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
                &resource.subject(&write.call.name),
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
        _write: &mut Write<'_>,
        _old: &Object,
        _new: &mut Object,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// After a new object has been found valid.
    pub(crate) fn validate_create(
        &mut self,
        _write: &Write<'_>,
        _object: &Object,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// After a changed object has been found valid.
    pub(crate) fn validate_update(
        &mut self,
        _write: &Write<'_>,
        _old: &Object,
        _new: &Object,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// Before an object is deleted.
    pub(crate) fn admit_delete(&self, resource: &Resource, key: &Key) -> Result<(), Refusal> {
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
    pub(crate) fn authorize_create(&self, _write: &Write<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// Gives an object what the server hands out: addresses, ports.
    pub(crate) fn allocate(
        &mut self,
        _write: &Write<'_>,
        _object: &mut Object,
    ) -> Result<(), Refusal> {
        Ok(())
    }
}
