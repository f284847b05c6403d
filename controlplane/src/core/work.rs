//! What controllers need of the core besides requests.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;

use super::{Core, object::Key, resource::Resource, store::Store};
use crate::{controllers::Desk, deep};

impl Core {
    /// Carries out what controllers are due to do. Returns when there is more to do: now, where it is not all done yet;
    /// never, where something must happen first.
    ///
    /// It is to be called after each write, and at the time it returns.
    pub fn work(&mut self, now: Timestamp) -> Option<Timestamp> {
        let mut controllers = std::mem::take(&mut self.controllers);
        let next = deep::with_room(|| controllers.work(&mut Desk { core: self, now }));
        self.controllers = controllers;
        next
    }

    /// Has a certificate, as PEM, put into `kube-root-ca.crt` in each namespace.
    pub fn publish_root_certificate(&mut self, pem: &str) {
        self.controllers.root_certificate = Some(pem.into());
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The kind of a collection's objects, in one of its versions.
    pub(crate) fn resource_of(&self, collection: &str) -> Option<Arc<Resource>> {
        let mut all = self.registry.all();
        all.find(|one| &*one.collection == collection).cloned()
    }

    pub(crate) fn resource_of_kind(
        &self,
        group: &str,
        version: &str,
        kind: &str,
    ) -> Option<Arc<Resource>> {
        self.registry.of_kind(group, version, kind).cloned()
    }

    /// One version of each kind.
    pub(crate) fn collections(&self) -> BTreeMap<Arc<str>, Arc<Resource>> {
        self.registry.collections()
    }

    /// Removes an object whose time is over.
    pub(crate) fn expire(&mut self, collection: &str, key: &Key) {
        self.remove(&collection.into(), key);
    }
}
