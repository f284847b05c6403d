//! Where the objects are, and what became of them: one revision for all, and a log of events for each collection.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use super::object::{Key, Object};
use crate::deep::Deep;

/// How much a collection remembers, as its objects weigh: who watches from further back is told that it is too old. A
/// real server remembers some minutes.
const REMEMBERED: usize = 32 * 1024 * 1024;

/// All objects of a cluster.
#[derive(Debug, Default)]
pub(crate) struct Store {
    revision: u64,
    /// How far the watch cache has come, while it lags.
    lags_at: Option<u64>,
    collections: BTreeMap<Arc<str>, Collection>,
}

/// The objects of one kind, under all its versions.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    objects: BTreeMap<Key, Arc<Stored>>,
    events: VecDeque<Event>,
    /// What its events weigh.
    weight: usize,
    /// What happened up to this revision is forgotten.
    forgotten: u64,
}

/// An object as it was stored.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) object: Deep<Object>,
    pub(crate) revision: u64,
    /// About how many bytes it takes.
    weight: usize,
    json: OnceLock<Vec<u8>>,
}

impl Stored {
    fn new(mut object: Object, revision: u64) -> Arc<Self> {
        object.set_meta("resourceVersion", revision.to_string());
        Arc::new(Self {
            weight: weight(object.value()),
            object: object.into(),
            revision,
            json: OnceLock::new(),
        })
    }

    /// An object that is not stored: what a dry run would have written, or what a write has just removed.
    pub(crate) fn unstored(object: Object) -> Arc<Self> {
        Arc::new(Self {
            revision: object.resource_version().parse().unwrap_or_default(),
            weight: 0,
            object: object.into(),
            json: OnceLock::new(),
        })
    }

    /// The object as JSON, made once: without its apiVersion and its kind, since these differ from request to request.
    pub(crate) fn json(&self) -> &[u8] {
        self.json.get_or_init(|| {
            let fields = self.object.fields().iter();
            let others = fields.filter(|(name, _)| !matches!(name.as_str(), "apiVersion" | "kind"));
            let others: BTreeMap<_, _> = others.collect();
            serde_json::to_vec(&others).expect("a JSON value is JSON")
        })
    }

    /// The object as JSON, of this type.
    pub(crate) fn write_json(&self, api_version: &str, kind: &str, out: &mut Vec<u8>) {
        let typed = format!("{{\"apiVersion\":\"{api_version}\",\"kind\":\"{kind}\"");
        out.extend_from_slice(typed.as_bytes());
        let rest = &self.json()[1..];
        if rest != b"}" {
            out.push(b',');
        }
        out.extend_from_slice(rest);
    }
}

/// A change of one object.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) revision: u64,
    /// What there was before.
    pub(crate) before: Option<Arc<Stored>>,
    /// What there is now. After a deletion: none.
    pub(crate) after: Option<Arc<Stored>>,
    /// What was deleted, at the revision of its deletion.
    pub(crate) deleted: Option<Arc<Stored>>,
}

impl Store {
    /// That of the last write.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// How far the watch cache has come: watches, and reads that ask for no certain version, know nothing newer.
    pub(crate) fn cached(&self) -> u64 {
        self.lags_at.unwrap_or(self.revision)
    }

    pub(crate) fn lag(&mut self) {
        self.lags_at.get_or_insert(self.revision);
    }

    pub(crate) fn catch_up(&mut self) {
        self.lags_at = None;
    }

    pub(crate) fn get(&self, collection: &str, key: &Key) -> Option<&Arc<Stored>> {
        self.collections.get(collection)?.objects.get(key)
    }

    /// The object as the watch cache knows it.
    pub(crate) fn get_cached(&self, collection: &str, key: &Key) -> Option<&Arc<Stored>> {
        let collection = self.collections.get(collection)?;
        let mut untold = collection.events_after(self.cached())?;
        match untold.find(|event| event.key() == *key) {
            Some(event) => event.before.as_ref(),
            None => collection.objects.get(key),
        }
    }

    pub(crate) fn collection(&self, name: &str) -> Option<&Collection> {
        self.collections.get(name)
    }

    pub(crate) fn collections(&self) -> impl Iterator<Item = (&Arc<str>, &Collection)> {
        self.collections.iter()
    }

    /// Stores an object, new or changed.
    pub(crate) fn put(&mut self, collection: &Arc<str>, object: Object) -> Arc<Stored> {
        self.revision += 1;
        let stored = Stored::new(object, self.revision);
        let key = stored.object.key();
        let collection = self.collections.entry(collection.clone()).or_default();
        let before = collection.objects.insert(key, stored.clone());
        collection.log(
            Event {
                revision: self.revision,
                before,
                after: Some(stored.clone()),
                deleted: None,
            },
            self.lags_at,
        );
        stored
    }

    /// Deletes an object, and returns it as its watchers see it last.
    pub(crate) fn delete(&mut self, collection: &str, key: &Key) -> Option<Arc<Stored>> {
        let collection = self.collections.get_mut(collection)?;
        let before = collection.objects.remove(key)?;
        self.revision += 1;
        let last = Stored::new(before.object.clone(), self.revision);
        collection.log(
            Event {
                revision: self.revision,
                before: Some(before),
                after: None,
                deleted: Some(last.clone()),
            },
            self.lags_at,
        );
        Some(last)
    }

    /// Forgets what happened until now, as a compaction of etcd does, but for what a lagging cache has yet to tell.
    pub(crate) fn compact(&mut self) {
        let until = self.cached();
        for collection in self.collections.values_mut() {
            collection.events.retain(|event| event.revision > until);
            collection.weight = collection.events.iter().map(Event::weight).sum();
            collection.forgotten = collection.forgotten.max(until);
        }
    }

    /// Begins a collection: of what was before it knows nothing.
    pub(crate) fn begin_collection(&mut self, name: &Arc<str>) {
        let revision = self.cached();
        self.collections
            .entry(name.clone())
            .or_insert_with(|| Collection {
                forgotten: revision,
                ..Collection::default()
            });
    }
}

impl Collection {
    /// The objects of a namespace, or all, by namespace and name.
    pub(crate) fn objects(&self, namespace: Option<&str>) -> Vec<Arc<Stored>> {
        match namespace {
            None => self.objects.values().cloned().collect(),
            Some(namespace) => self
                .objects
                .range(Key::new(namespace, "")..)
                .take_while(|(key, _)| key.namespace == namespace)
                .map(|(_, stored)| stored.clone())
                .collect(),
        }
    }

    /// The revision up to which nothing is known.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The objects as they were at a revision; none where that is forgotten.
    pub(crate) fn objects_at(
        &self,
        revision: u64,
        namespace: Option<&str>,
    ) -> Option<Vec<Arc<Stored>>> {
        if revision < self.forgotten {
            return None;
        }
        let mut objects = self.objects.clone();
        for event in self.events.iter().rev() {
            if event.revision <= revision {
                break;
            }
            match &event.before {
                Some(before) => objects.insert(before.object.key(), before.clone()),
                None => objects.remove(&event.key()),
            };
        }
        let inside = |key: &Key| namespace.is_none_or(|namespace| key.namespace == namespace);
        let objects = objects.into_iter().filter(|(key, _)| inside(key));
        Some(objects.map(|(_, stored)| stored).collect())
    }

    /// What happened after a revision; none where that is forgotten.
    pub(crate) fn events_after(&self, revision: u64) -> Option<impl Iterator<Item = &Event>> {
        if revision < self.forgotten {
            return None;
        }
        let first = self
            .events
            .partition_point(|event| event.revision <= revision);
        Some(self.events.range(first..))
    }

    /// Remembers an event, and forgets the oldest, unless it is to be told yet by a cache that lags.
    fn log(&mut self, event: Event, lags_at: Option<u64>) {
        self.weight += event.weight();
        while self.weight > REMEMBERED
            && let Some(oldest) = self.events.front()
            && lags_at.is_none_or(|cached| oldest.revision <= cached)
        {
            self.forgotten = oldest.revision;
            self.weight -= oldest.weight();
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

impl Event {
    /// What had been selected, as its watchers see it go: at the revision of the event.
    pub(crate) fn last_of(&self, before: &Arc<Stored>) -> Arc<Stored> {
        match &self.deleted {
            Some(last) => last.clone(),
            None => Stored::new(before.object.clone(), self.revision),
        }
    }

    fn weight(&self) -> usize {
        let last = self.after.as_ref().or(self.deleted.as_ref());
        last.map_or(0, |last| last.weight)
    }

    fn key(&self) -> Key {
        let object = self.after.as_ref().or(self.before.as_ref());
        object.map(|one| one.object.key()).unwrap_or_default()
    }
}

/// About how many bytes a value takes: itself, its texts, and where the maps hold them.
fn weight(value: &Value) -> usize {
    const EACH: usize = 64;
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields.map(|(name, value)| name.len() + weight(value)).sum()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    EACH + inside
}

/// A name for each kind of object that all its versions share: `deployments.apps`, `pods`.
pub(crate) fn collection_of(group: &str, plural: &str) -> Arc<str> {
    if group.is_empty() {
        plural.into()
    } else {
        format!("{plural}.{group}").into()
    }
}

/// Whether two objects are the same but for what each write changes.
pub(crate) fn same(one: &Object, other: &Object) -> bool {
    let same_meta = |name: &String, value: &Value| {
        name == "resourceVersion" || other.meta().get(name) == Some(value)
    };
    let without = |object: &Object| {
        object.meta().len() - usize::from(object.meta().contains_key("resourceVersion"))
    };
    one.fields().len() == other.fields().len()
        && one
            .fields()
            .iter()
            .all(|(name, value)| name == "metadata" || other.fields().get(name) == Some(value))
        && without(one) == without(other)
        && one
            .meta()
            .iter()
            .all(|(name, value)| same_meta(name, value))
}
