//! Which owners a change of a child wakes.

use std::{collections::BTreeSet, fmt, marker::PhantomData};

use crate::{
    object::{NamespacedName, Object},
    ownership::owners_of,
    predicate::{Predicate, When},
};

/// The children of kind `K`, and which of their owners a change of one wakes.
///
/// [`#[derive(Controller)]`](macro@crate::Controller) makes it of `owns(...)`.
pub struct Owned<K> {
    any_owner: bool,
    pub(crate) when: When<K>,
    kind: PhantomData<fn(K)>,
}

// The bounds are on the methods, so that rustc names the one that is missing.
impl<K> Owned<K> {
    /// A change wakes the owner that is the child's controller: whoever has applied it.
    pub fn by_controller() -> Self {
        Self {
            any_owner: false,
            when: When::default(),
            kind: PhantomData,
        }
    }

    /// A change wakes every owner of the reconciled kind, also those that are not the child's controller.
    pub fn by_any_owner() -> Self {
        Self {
            any_owner: true,
            ..Self::by_controller()
        }
    }

    /// Wakes them only for changes of which `matters` is true, too.
    #[must_use]
    pub fn when<P>(self, matters: P) -> Self
    where
        K: Object,
        P: Predicate<K>,
    {
        Self {
            when: self.when.and(matters),
            ..self
        }
    }

    /// The objects of kind `Owner` that a change of this child concerns.
    pub(crate) fn owners<Owner: Object>(&self, child: &K) -> BTreeSet<NamespacedName>
    where
        K: Object,
    {
        owners_of::<Owner, K>(child, |owner| {
            self.any_owner || owner.controller == Some(true)
        })
    }
}

impl<K> Clone for Owned<K> {
    fn clone(&self) -> Self {
        Self {
            when: self.when.clone(),
            ..*self
        }
    }
}

impl<K> fmt::Debug for Owned<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owned")
            .field("any_owner", &self.any_owner)
            .finish_non_exhaustive()
    }
}
