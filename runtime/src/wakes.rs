//! Whom a change of a watched object wakes.

use std::{any::TypeId, collections::BTreeSet, fmt, marker::PhantomData, sync::Arc};

use crate::{
    controller::Controller,
    index::{Keys, keys_of},
    object::{NamespacedName, Object},
    predicate::{Predicate, When},
    watches::Watches,
};

/// Which of a controller's objects an object of kind `K` concerns.
pub(crate) type Mapper<K> = Arc<dyn Fn(&K, &Watches) -> BTreeSet<NamespacedName> + Send + Sync>;

/// Which objects of the controller `C` a change of a watched object of kind `K` wakes.
///
/// [`#[derive(Controller)]`](macro@crate::Controller) makes it of `watches(...)`.
///
/// An object that changes hands wakes both those whom it concerned before and those whom it concerns now.
pub struct Wakes<C, K> {
    pub(crate) map: Mapper<K>,
    pub(crate) when: When<K>,
    controller: PhantomData<fn(C)>,
}

// The bounds are on the methods, so that rustc names the one that is missing.
impl<C, K> Wakes<C, K> {
    /// Wakes the objects that `map` names. A name without a namespace is one in that of the watched object.
    pub fn map<F>(map: F) -> Self
    where
        C: Controller,
        K: Object,
        F: Keys<K, Key = NamespacedName>,
    {
        Self::by(move |watched, _| {
            let names = keys_of(map, watched).into_iter();
            names
                .map(|name| name.seen_from::<C::Kind, K>(watched))
                .collect()
        })
    }

    /// Wakes the objects for which `index` names the watched object. A name without a namespace is one in that of the
    /// reconciled object.
    pub fn index<F>(index: F) -> Self
    where
        C: Controller,
        K: Object,
        F: Keys<C::Kind, Key = NamespacedName>,
    {
        let index = move |object: &C::Kind| -> Vec<NamespacedName> {
            let names = index.of(object);
            names
                .map(|name| name.seen_from::<K, C::Kind>(object))
                .collect()
        };
        Self::index_by(index, |watched: &K| [NamespacedName::of(watched)])
    }

    /// Wakes the objects for which `index` reads a key that `key` reads from the watched object.
    pub fn index_by<F, G>(index: F, key: G) -> Self
    where
        C: Controller,
        K: Object,
        F: Keys<C::Kind>,
        G: Keys<K, Key = F::Key>,
    {
        Self::by(move |watched, watches| {
            let watch = watches.of::<C::Kind>();
            keys_of(key, watched)
                .into_iter()
                .flat_map(|key| watch.list_by(index, &key))
                .map(|object| NamespacedName::of(&*object))
                .collect()
        })
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

    fn by<M>(map: M) -> Self
    where
        C: Controller,
        K: Object,
        M: Fn(&K, &Watches) -> BTreeSet<NamespacedName> + Send + Sync + 'static,
    {
        let map = move |watched: &K, watches: &Watches| {
            let mut woken = map(watched, watches);
            // A reconciled object wakes itself already.
            if TypeId::of::<K>() == TypeId::of::<C::Kind>() {
                woken.remove(&NamespacedName::of(watched));
            }
            woken
        };
        Self {
            map: Arc::new(map),
            when: When::default(),
            controller: PhantomData,
        }
    }
}

impl<C, K> Clone for Wakes<C, K> {
    fn clone(&self) -> Self {
        Self {
            map: self.map.clone(),
            when: self.when.clone(),
            controller: PhantomData,
        }
    }
}

impl<C, K> fmt::Debug for Wakes<C, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wakes")
    }
}

#[cfg(test)]
mod tests;
