//! Indices of a cache: its objects by the keys that a function reads from them.
//!
//! An index is known by the type of its function, so whoever names the same function uses the same index. It is made
//! when it is first asked for, and kept in step with the cache from then on.

use std::{
    any::{Any, TypeId},
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use crate::{
    object::{NamespacedName, Object},
    panics::{call_of, unless_it_panics},
};

/// A function that reads keys from an object of kind `K`: any number of them, and the same ones each time.
///
/// Every function of the form `fn(&K) -> impl IntoIterator<Item = Key>` is one, so it may return an `Option`, an array
/// or a `Vec`; where it panics, the object has no keys until it changes. It must not capture anything: what it captured would be part of the answer, but not of the index' name.
///
/// ```
/// use k8s_openapi::api::core::v1::ServiceAccount;
/// use myop::Keys;
///
/// /// The Secrets that a ServiceAccount pulls images with.
/// fn pull_secrets(account: &ServiceAccount) -> Vec<String> {
///     let references = account.image_pull_secrets.iter().flatten();
///     references.map(|secret| secret.name.clone()).collect()
/// }
///
/// fn is_an_index<K, F: Keys<K>>(_: F) {}
/// is_an_index::<ServiceAccount, _>(pull_secrets);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not read keys from `{K}`",
    label = "it must be a function of the form `fn(&{K}) -> impl IntoIterator<Item = Key>`",
    note = "an `Option`, an array or a `Vec` of keys is right; a closure that captures something is not"
)]
pub trait Keys<K>: Copy + Send + Sync + 'static {
    /// What the objects are found by.
    type Key: Ord + Send + Sync + 'static;

    /// The keys of this object.
    fn of(self, object: &K) -> impl Iterator<Item = Self::Key>;
}

#[diagnostic::do_not_recommend]
impl<K, F, I> Keys<K> for F
where
    F: Fn(&K) -> I + Copy + Send + Sync + 'static,
    I: IntoIterator<Item: Ord + Send + Sync + 'static>,
{
    type Key = I::Item;

    fn of(self, object: &K) -> impl Iterator<Item = Self::Key> {
        self(object).into_iter()
    }
}

/// The names of the objects of one kind, by each index that was asked for.
pub(crate) struct Indices<K> {
    by_function: BTreeMap<TypeId, Box<dyn AnyIndex<K>>>,
}

struct Index<F, Key> {
    keys: F,
    names: BTreeMap<Key, BTreeSet<NamespacedName>>,
}

trait AnyIndex<K>: Any + Send + Sync {
    fn insert(&mut self, name: &NamespacedName, object: &K);
    fn remove(&mut self, name: &NamespacedName, object: &K);
}

/// The keys of an object; none where reading them panics.
pub(crate) fn keys_of<K: Object, F: Keys<K>>(keys: F, object: &K) -> Vec<F::Key> {
    let call = || call_of::<F, K>(Some(object));
    unless_it_panics(call, || keys.of(object).collect()).unwrap_or_default()
}

impl<K: Object, F: Keys<K>> AnyIndex<K> for Index<F, F::Key> {
    fn insert(&mut self, name: &NamespacedName, object: &K) {
        for key in keys_of(self.keys, object) {
            self.names.entry(key).or_default().insert(name.clone());
        }
    }

    fn remove(&mut self, name: &NamespacedName, object: &K) {
        for key in keys_of(self.keys, object) {
            if let Some(names) = self.names.get_mut(&key) {
                names.remove(name);
                if names.is_empty() {
                    self.names.remove(&key);
                }
            }
        }
    }
}

impl<K: Object> Indices<K> {
    pub(crate) fn insert(&mut self, name: &NamespacedName, object: &K) {
        for index in self.by_function.values_mut() {
            index.insert(name, object);
        }
    }

    pub(crate) fn remove(&mut self, name: &NamespacedName, object: &K) {
        for index in self.by_function.values_mut() {
            index.remove(name, object);
        }
    }

    pub(crate) fn has<F: Keys<K>>(&self, _: F) -> bool {
        self.by_function.contains_key(&TypeId::of::<F>())
    }

    /// Adds the index of these keys, which so far has only `objects`.
    pub(crate) fn add<'a, F: Keys<K>>(
        &mut self,
        keys: F,
        objects: impl Iterator<Item = (&'a NamespacedName, Arc<K>)>,
    ) {
        const {
            assert!(
                size_of::<F>() == 0,
                "whoever reads the keys captures nothing"
            );
        }
        let mut index = Index {
            keys,
            names: BTreeMap::new(),
        };
        for (name, object) in objects {
            index.insert(name, &object);
        }
        self.by_function.insert(TypeId::of::<F>(), Box::new(index));
    }

    /// The names of the objects with this key; none where there is no such index.
    pub(crate) fn names<F: Keys<K>>(
        &self,
        _: F,
        key: &F::Key,
    ) -> impl Iterator<Item = &NamespacedName> {
        let index = self.by_function.get(&TypeId::of::<F>());
        let index: Option<&dyn Any> = index.map(|index| &**index as &dyn Any);
        let index: Option<&Index<F, F::Key>> =
            index.map(|index| index.downcast_ref().expect("kept by its type"));
        index
            .and_then(|index| index.names.get(key))
            .into_iter()
            .flatten()
    }
}

impl<K> Default for Indices<K> {
    fn default() -> Self {
        Self {
            by_function: BTreeMap::new(),
        }
    }
}

impl<K> fmt::Debug for Indices<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} indices", self.by_function.len())
    }
}
