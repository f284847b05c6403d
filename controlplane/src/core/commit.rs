//! What is stored, and what follows from it at once: who may what, and what is served.

use std::sync::Arc;

use super::{
    Core, custom,
    object::{Key, Object},
    store::Stored,
};

/// Whether the objects of a collection say who may what.
fn grants(collection: &str) -> bool {
    collection.ends_with(".rbac.authorization.k8s.io")
}

impl Core {
    /// Stores an object.
    pub(crate) fn put(&mut self, collection: &Arc<str>, object: Object) -> Arc<Stored> {
        let stored = self.store.put(collection, object);
        if grants(collection) {
            self.rbac.apply(stored.object.value());
        }
        if defines(collection) {
            self.define(&stored);
        }
        stored
    }

    /// Removes an object, and returns it as its watchers see it last.
    pub(crate) fn remove(&mut self, collection: &Arc<str>, key: &Key) -> Option<Arc<Stored>> {
        let removed = self.store.delete(collection, key)?;
        if grants(collection) {
            self.rbac.remove(removed.object.value());
        }
        if defines(collection) {
            self.undefine(&removed);
        }
        Some(removed)
    }
}

/// Whether the objects of a collection define kinds.
fn defines(collection: &str) -> bool {
    collection == DEFINITIONS
}

pub(crate) const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

impl Core {
    /// Serves what a definition defines, once its names are accepted.
    fn define(&mut self, definition: &Stored) {
        let spec = &definition.object.value()["spec"];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let (group, plural) = (text(&spec["group"]), text(&spec["names"]["plural"]));
        self.registry.remove(&group, &plural);
        if definition.object.has_condition("Established", "True") {
            for resource in custom::resources(&definition.object, definition.revision) {
                self.store.begin_collection(&resource.collection);
                self.registry.add(resource);
            }
        }
    }

    /// Serves what a definition defined no more.
    fn undefine(&mut self, definition: &Stored) {
        let spec = &definition.object.value()["spec"];
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        self.registry
            .remove(&text(&spec["group"]), &text(&spec["names"]["plural"]));
    }
}
