//! What the API server last said of the objects of one kind.
//!
//! A state without I/O: watch events in, changes out. kube's own store swaps its content at the end of a relist,
//! so that what was deleted while the watch was down is never reported; this one compares and reports it.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kube::{core::ObjectMeta, runtime::watcher::Event};

use crate::{
    index::{Indices, Keys},
    namespaces::ALL,
    object::{NamespacedName, Object, resource_version},
    parsed::Read,
    stored::Stored,
    unseen::Unseen,
};

/// What happened to a watched object.
#[derive(Debug)]
pub enum Change<K> {
    /// It is new, or was there when the operator started.
    Added(Arc<K>),
    /// It has changed.
    Updated {
        /// The object as it was.
        old: Arc<K>,
        /// The object as it is.
        new: Arc<K>,
    },
    /// It is gone; this is how it was seen last.
    Deleted(Arc<K>),
}

impl<K> Change<K> {
    /// The object before the change, unless it is new.
    pub fn before(&self) -> Option<&K> {
        match self {
            Self::Added(_) => None,
            Self::Updated { old, .. } | Self::Deleted(old) => Some(old),
        }
    }

    /// The object after the change, unless it is gone.
    pub fn after(&self) -> Option<&K> {
        match self {
            Self::Added(new) | Self::Updated { new, .. } => Some(new),
            Self::Deleted(_) => None,
        }
    }
}

/// A write of ours whose effect the watch has yet to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) id: TypeId,
    pub(crate) name: NamespacedName,
    pub(crate) version: u64,
    /// How many relists had ended when the answer came.
    pub(crate) relists: u64,
    /// Whether it is certain that this version came of our write. One that changes nothing is answered with the
    /// version that somebody else has made.
    pub(crate) is_ours: bool,
}

#[derive(Debug)]
pub(crate) struct Cache<K> {
    objects: BTreeMap<NamespacedName, Stored<K>>,
    indices: Indices<K>,
    /// How far each watch of the kind has come, by its namespace. Each proves its own progress alone: what one of them has
    /// shown says nothing of another's namespace.
    streams: BTreeMap<String, Stream<K>>,
}

#[derive(Debug)]
struct Stream<K> {
    /// The highest resourceVersion that the watch has shown. It shows them in order.
    progress: u64,
    /// How far of that everybody has been told.
    told: u64,
    relists: u64,
    listing: Option<Listing>,
    /// What came back from writes and has yet to be shown.
    unseen: Unseen<K>,
}

impl<K> Default for Stream<K> {
    fn default() -> Self {
        Self {
            progress: 0,
            told: 0,
            relists: 0,
            listing: None,
            unseen: Unseen::default(),
        }
    }
}

impl<K> Stream<K> {
    fn advance(&mut self, meta: &ObjectMeta) {
        let version = resource_version(meta).unwrap_or_default();
        self.progress = self.progress.max(version);
    }
}

/// A list that is being read: it names objects in no order of version, so it proves progress only at its end.
#[derive(Debug, Default)]
struct Listing {
    named: BTreeSet<NamespacedName>,
    highest: u64,
}

impl Listing {
    fn name<K: Object>(&mut self, meta: &ObjectMeta) {
        self.named.insert(NamespacedName::from_meta::<K>(meta));
        self.highest = self.highest.max(resource_version(meta).unwrap_or_default());
    }
}

impl<K> Default for Cache<K> {
    fn default() -> Self {
        Self::of([ALL.to_owned()])
    }
}

impl<K> Cache<K> {
    /// A cache that is filled by one watch for each of these namespaces.
    pub(crate) fn of(namespaces: impl IntoIterator<Item = String>) -> Self {
        let streams = namespaces.into_iter().map(|name| (name, Stream::default()));
        Self {
            objects: BTreeMap::new(),
            indices: Indices::default(),
            streams: streams.collect(),
        }
    }
}

impl<K: Object> Cache<K> {
    pub(crate) fn get(&self, name: &NamespacedName) -> Option<&Stored<K>> {
        self.objects.get(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Stored<K>> {
        self.objects.values()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &NamespacedName> {
        self.objects.keys()
    }

    pub(crate) fn has_index(&self, keys: impl Keys<K>) -> bool {
        self.indices.has(keys)
    }

    pub(crate) fn add_index(&mut self, keys: impl Keys<K>) {
        let objects = self.objects.iter();
        self.indices
            .add(keys, objects.map(|(name, stored)| (name, stored.decode())));
    }

    /// The objects from which `keys` reads this key. There must be such an index.
    pub(crate) fn by<F: Keys<K>>(&self, keys: F, key: &F::Key) -> impl Iterator<Item = &Stored<K>> {
        let names = self.indices.names(keys, key);
        names.filter_map(|name| self.objects.get(name))
    }

    /// The namespaces that have a watch of their own; [`ALL`] for all.
    pub(crate) fn namespaces(&self) -> Vec<String> {
        self.streams.keys().cloned().collect()
    }

    /// Whether every watch has read its first list to the end.
    pub(crate) fn is_synced(&self) -> bool {
        self.streams.values().all(|stream| stream.relists > 0)
    }

    /// How often the list that names such an object has been read to its end; none where no watch shows its namespace.
    pub(crate) fn relists(&self, name: &NamespacedName) -> Option<u64> {
        self.stream_of(name).map(|stream| stream.relists)
    }

    /// Takes in that everybody has been told of all changes so far, and says how far that is.
    pub(crate) fn told(&mut self, namespace: &str) -> u64 {
        let stream = self.stream(namespace);
        stream.told = stream.progress;
        stream.unseen.shown(stream.told);
        stream.told
    }

    /// Takes in what came back from a write.
    pub(crate) fn expect(&mut self, write: &Written, answer: &Arc<K>) {
        if self.has_seen(write) {
            return;
        }
        if let Some(namespace) = self.shown_by(&write.name) {
            let unseen = &mut self.stream(namespace).unseen;
            unseen.expect(write.version, answer.clone());
        }
    }

    /// Whether what the cache holds is at least as new as this write.
    ///
    /// It is once everybody has been told of that resourceVersion or a newer one, of whichever object of that watch: before that, the
    /// echo of the write may still come. An object that a
    /// later list does not name was deleted meanwhile: then there is nothing left to show. (Or the list was under way
    /// when the object was made: then it is applied once more than needed, which is better than to wait for ever.)
    pub(crate) fn has_seen(&self, write: &Written) -> bool {
        self.stream_of(&write.name).is_none_or(|stream| {
            let relisted_without =
                stream.relists > write.relists && !self.objects.contains_key(&write.name);
            stream.told >= write.version || relisted_without
        })
    }

    /// The namespace whose watch shows this object.
    fn shown_by<'n>(&self, name: &'n NamespacedName) -> Option<&'n str> {
        let namespaces = [Some(ALL), name.namespace.as_deref()];
        namespaces
            .into_iter()
            .flatten()
            .find(|namespace| self.streams.contains_key(*namespace))
    }

    fn stream_of(&self, name: &NamespacedName) -> Option<&Stream<K>> {
        self.streams.get(self.shown_by(name)?)
    }

    fn stream(&mut self, namespace: &str) -> &mut Stream<K> {
        let stream = self.streams.get_mut(namespace);
        stream.expect("a watch belongs to one of the namespaces that the cache was made for")
    }

    /// Takes in an event of the watch of a namespace and tells what changed by it.
    pub(crate) fn handle(&mut self, namespace: &str, event: Event<Read<K>>) -> Vec<Change<K>> {
        match event {
            Event::Init => {
                self.stream(namespace).listing = Some(Listing::default());
                Vec::new()
            }
            Event::InitApply(read) => self.take_listed(namespace, read),
            Event::InitDone => self.end_of_list(namespace),
            Event::Apply(read) => self.take_newer(namespace, read),
            Event::Delete(read) => self.lose(namespace, read.object.meta()),
        }
    }

    /// Takes in that an object is gone.
    pub(crate) fn lose(&mut self, namespace: &str, meta: &ObjectMeta) -> Vec<Change<K>> {
        self.stream(namespace).advance(meta);
        let lost = self.remove(&NamespacedName::from_meta::<K>(meta));
        lost.map(Change::Deleted).into_iter().collect()
    }

    /// Takes in that there is a version of an object that cannot be read: what was known of it stays.
    pub(crate) fn pass_over(&mut self, namespace: &str, meta: &ObjectMeta) {
        let stream = self.stream(namespace);
        match &mut stream.listing {
            Some(listing) => listing.name::<K>(meta),
            None => stream.advance(meta),
        }
    }

    /// A list is the truth, also where its versions are lower: a server restored from a backup counts again.
    fn take_listed(&mut self, namespace: &str, read: Read<K>) -> Vec<Change<K>> {
        let meta = read.object.meta();
        self.stream(namespace)
            .listing
            .get_or_insert_default()
            .name::<K>(meta);
        let name = NamespacedName::from_meta::<K>(meta);
        let old = self.objects.get(&name).map(Stored::decode);
        let is_same = |old: &Arc<K>| old.meta().resource_version == meta.resource_version;
        if old.as_ref().is_some_and(is_same) {
            Vec::new()
        } else {
            self.replace(name, old, read)
        }
    }

    fn take_newer(&mut self, namespace: &str, read: Read<K>) -> Vec<Change<K>> {
        let meta = read.object.meta();
        self.stream(namespace).advance(meta);
        let name = NamespacedName::from_meta::<K>(meta);
        let old = self.objects.get(&name).map(Stored::decode);
        let known = old.as_ref().and_then(|old| resource_version(old.meta()));
        match (known, resource_version(meta)) {
            (Some(known), Some(new)) if new <= known => Vec::new(),
            _ => self.replace(name, old, read),
        }
    }

    fn end_of_list(&mut self, namespace: &str) -> Vec<Change<K>> {
        let stream = self.stream(namespace);
        let unseen = std::mem::take(&mut stream.unseen);
        let listing = stream.listing.take().unwrap_or_default();
        stream.relists += 1;
        stream.progress = stream.progress.max(listing.highest);
        let is_of_list = |name: &NamespacedName| {
            namespace == ALL || name.namespace.as_deref() == Some(namespace)
        };
        let gone: Vec<_> = self
            .objects
            .keys()
            .filter(|name| is_of_list(name) && !listing.named.contains(*name))
            .cloned()
            .collect();
        // What was made and deleted while nothing was shown was in no cache.
        let is_cached = |object: &K| self.objects.contains_key(&NamespacedName::of(object));
        let missed = unseen.listed(is_cached);
        let gone = gone.iter().filter_map(|name| self.remove(name));
        gone.chain(missed).map(Change::Deleted).collect()
    }

    /// One name can stand for two objects one after the other: then the first is gone and the second is new.
    fn replace(
        &mut self,
        name: NamespacedName,
        old: Option<Arc<K>>,
        read: Read<K>,
    ) -> Vec<Change<K>> {
        let Read {
            object: new,
            stored,
        } = read;
        if let Some(old) = &old {
            self.indices.remove(&name, old);
        }
        self.indices.insert(&name, &new);
        self.objects.insert(name, stored);
        match old {
            None => vec![Change::Added(new)],
            Some(old) if old.meta().uid == new.meta().uid => vec![Change::Updated { old, new }],
            Some(old) => vec![Change::Deleted(old), Change::Added(new)],
        }
    }

    fn remove(&mut self, name: &NamespacedName) -> Option<Arc<K>> {
        let old = self.objects.remove(name)?.decode();
        self.indices.remove(name, &old);
        Some(old)
    }
}

#[cfg(test)]
mod tests;
