//! What is stored, and what follows from it at once: who may what, and what is served.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Core, custom,
    object::{Key, Object},
    resource::Resource,
    store::Stored,
};

/// Whether the objects of a collection say who may what.
fn grants(collection: &str) -> bool {
    collection.ends_with(".rbac.authorization.k8s.io")
}

impl Core {
    /// Stores an object.
    pub(crate) fn put(&mut self, collection: &Arc<str>, object: Object) -> Arc<Stored> {
        // What is defined is made first: who panics at it leaves everything as it was.
        let defined = defines(collection).then(|| self.defined_by(&object));
        let stored = self.store.put(collection, object);
        if grants(collection) {
            self.rbac.apply(stored.object.value());
        }
        if let Some(Some(resources)) = defined {
            self.define(&stored.object, resources);
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
            self.undefine(&removed.object);
        }
        Some(removed)
    }
}

/// What of a definition says how its kind is served.
fn serves(definition: &Object) -> (bool, &Value, &Value) {
    let value = definition.value();
    let is_established = definition.has_condition("Established", "True");
    (
        is_established,
        &value["spec"],
        &value["status"]["acceptedNames"],
    )
}

/// Whether the objects of a collection define kinds.
fn defines(collection: &str) -> bool {
    collection == DEFINITIONS
}

pub(crate) const DEFINITIONS: &str = "customresourcedefinitions.apiextensions.k8s.io";

impl Core {
    /// What a definition is about to define, once its names are accepted; none where it stays as it is.
    fn defined_by(&self, definition: &Object) -> Option<Vec<Resource>> {
        let before = self.store.get(DEFINITIONS, &definition.key());
        if before.is_some_and(|before| serves(&before.object) == serves(definition)) {
            return None;
        }
        if !definition.has_condition("Established", "True") {
            return Some(Vec::new());
        }
        Some(custom::resources(definition, self.store.revision() + 1))
    }

    /// Serves what a definition defines, and what it defined before no more.
    fn define(&mut self, definition: &Object, resources: Vec<Resource>) {
        self.undefine(definition);
        for resource in resources {
            self.store.begin_collection(&resource.collection);
            self.registry.add(resource);
        }
    }

    /// Serves what a definition defined no more.
    fn undefine(&mut self, definition: &Object) {
        let spec = &definition.value()["spec"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.registry
            .remove(&text(&spec["group"]), &text(&spec["names"]["plural"]));
    }
}
