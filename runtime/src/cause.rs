//! Why a reconcile runs.

use std::{any::TypeId, borrow::Cow, fmt};

use crate::object::{NamespacedName, Object, resource_version};

/// Why a reconcile runs: something that happened to a watched object, or an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A watched object was added, updated or deleted.
    Event {
        /// How the object concerns the one that is reconciled.
        source: Source,
        /// What happened.
        verb: Verb,
        /// The object.
        object: ObjectVersion,
    },
    /// The last run failed.
    Retry,
    /// The last run asked to come back.
    RequeueAfter,
}

/// How a watched object concerns the one that is reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It is the reconciled object itself.
    Reconciles,
    /// The reconciled object owns it.
    Owns,
    /// The controller watches its kind.
    Watches,
}

/// What happened to a watched object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It is new, or was there when the operator started.
    Added,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ObjectVersion {
    pub(crate) id: TypeId,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) name: NamespacedName,
    pub(crate) version: Option<u64>,
}

impl ObjectVersion {
    pub(crate) fn of<K: Object>(object: &K) -> Self {
        Self {
            id: TypeId::of::<K>(),
            kind: K::kind(&()),
            name: NamespacedName::of(object),
            version: resource_version(object.meta()),
        }
    }
}

impl fmt::Display for ObjectVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Event { verb, object, .. } => {
                let verb = match verb {
                    Verb::Added => "added",
                    Verb::Updated => "updated",
                    Verb::Deleted => "deleted",
                };
                write!(f, "{object} {verb}")
            }
            Cause::Retry => f.write_str("retry"),
            Cause::RequeueAfter => f.write_str("requeue after"),
        }
    }
}
