//! Why a reconcile runs.

use std::{any::TypeId, borrow::Cow, fmt};

use crate::{
    object::{NamespacedName, Object, resource_version},
    order::LOW_PRIORITY,
};

/// Why a reconcile runs: something that happened to a watched object, or an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
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
    /// Every object is looked at now and then, whether or not something happened.
    Resync,
}

impl Cause {
    /// The generation that it tells of the reconciled object.
    pub(crate) fn generation(&self) -> Option<i64> {
        match self {
            Self::Event {
                source: Source::Reconciles,
                object,
                ..
            } => object.generation,
            _ => None,
        }
    }

    pub(crate) fn priority(&self) -> i32 {
        match self {
            Self::Resync
            | Self::Event {
                verb: Verb::Found, ..
            } => LOW_PRIORITY,
            Self::Event { .. } | Self::Retry | Self::RequeueAfter => 0,
        }
    }
}

/// How a watched object concerns the one that is reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// It is the reconciled object itself.
    Reconciles,
    /// The reconciled object owns it.
    Owns,
    /// The controller watches its kind.
    Watches,
}

/// What happened to a watched object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It was there when the operator started.
    Found,
    /// It is new.
    Added,
    /// It changed.
    Updated,
    /// It is gone.
    Deleted,
}

/// One version of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectVersion {
    pub(crate) id: TypeId,
    /// Its kind.
    pub kind: Cow<'static, str>,
    /// Where it is.
    pub name: NamespacedName,
    /// Its resourceVersion, where that is a number.
    pub version: Option<u64>,
    /// Its generation, where its kind counts them: what is wanted has changed since the one before.
    pub generation: Option<i64>,
    /// Whether it comes right after the version that was told before: a list leaves out what lies between.
    pub(crate) is_next: bool,
}

impl ObjectVersion {
    pub(crate) fn of<K: Object>(object: &K) -> Self {
        Self {
            id: TypeId::of::<K>(),
            kind: K::kind(&()),
            name: NamespacedName::of(object),
            version: resource_version(object.meta()),
            generation: object.meta().generation,
            is_next: true,
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
                    Verb::Found => "found",
                    Verb::Added => "added",
                    Verb::Updated => "updated",
                    Verb::Deleted => "deleted",
                };
                write!(f, "{object} {verb}")
            }
            Cause::Retry => f.write_str("retry"),
            Cause::RequeueAfter => f.write_str("requeue after"),
            Cause::Resync => f.write_str("resync"),
        }
    }
}
