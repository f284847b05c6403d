//! What is remembered of an object between its runs.

use std::{
    any::TypeId,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{apply::Applied, flapping::Flapping, metrics::Progress, object::NamespacedName};

/// What was applied for one object, by kind and name of the child.
pub(crate) type Children = BTreeMap<ChildId, Applied>;

pub(crate) type ChildId = (TypeId, NamespacedName);

/// What is remembered of one object.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remembered {
    /// In no more room than it takes: there is one for each object.
    pub(crate) children: Box<[(ChildId, Applied)]>,
    /// The hashes of the status as it went out last, and as it came back.
    pub(crate) status: Option<(u64, u64)>,
    pub(crate) flapping: Flapping,
    pub(crate) progress: Progress,
}

/// What is remembered of all objects of a controller.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeMap<NamespacedName, Remembered>>);

impl Memory {
    pub(crate) fn of(&self, key: &NamespacedName) -> Remembered {
        self.lock().get(key).cloned().unwrap_or_default()
    }

    pub(crate) fn keep(&self, key: &NamespacedName, remembered: Remembered) {
        self.lock().insert(key.clone(), remembered);
    }

    pub(crate) fn forget(&self, key: &NamespacedName) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<NamespacedName, Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
