//! What is stored, and what follows from it at once: who may what.

use std::sync::Arc;

use super::{
    Core,
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
        stored
    }

    /// Removes an object, and returns it as its watchers see it last.
    pub(crate) fn remove(&mut self, collection: &Arc<str>, key: &Key) -> Option<Arc<Stored>> {
        let removed = self.store.delete(collection, key)?;
        if grants(collection) {
            self.rbac.remove(removed.object.value());
        }
        Some(removed)
    }
}
