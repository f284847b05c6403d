//! What was written since one looked last, in its order.

use std::{collections::BTreeMap, sync::Arc};

use crate::core::{
    object::Key,
    store::{Collection, Store, Stored},
};

/// A place in the logs of all collections.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    position: u64,
    /// What was there when one looked last: from it a log that was forgotten is made up for.
    known: BTreeMap<Arc<str>, BTreeMap<Key, Arc<Stored>>>,
}

/// An object came, changed or went.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) collection: Arc<str>,
    pub(crate) before: Option<Arc<Stored>>,
    pub(crate) after: Option<Arc<Stored>>,
}

impl Change {
    /// The object as it is, or as it was last.
    pub(crate) fn object(&self) -> &Stored {
        let object = self.after.as_ref().or(self.before.as_ref());
        object.expect("something came, changed or went")
    }

    pub(crate) fn key(&self) -> Key {
        self.object().object.key()
    }
}

impl Feed {
    pub(crate) fn read(&mut self, store: &Store) -> Vec<Change> {
        if self.position == store.revision() {
            return Vec::new();
        }
        let mut changes = Vec::new();
        let gone = self
            .known
            .keys()
            .filter(|name| store.collection(name).is_none());
        for name in gone.cloned().collect::<Vec<_>>() {
            let last = self.known.remove(&name).unwrap_or_default();
            changes.extend(last.into_values().map(|one| change(&name, Some(one), None)));
        }
        for (name, collection) in store.collections() {
            self.read_collection(name, collection, &mut changes);
        }
        changes.sort_by_key(|(revision, _)| *revision);
        self.position = store.revision();
        changes.into_iter().map(|(_, change)| change).collect()
    }

    fn read_collection(
        &mut self,
        name: &Arc<str>,
        collection: &Collection,
        changes: &mut Vec<(u64, Change)>,
    ) {
        let known = self.known.entry(name.clone()).or_default();
        let Some(events) = collection.events_after(self.position) else {
            return compare(name, known, collection, changes);
        };
        for event in events {
            match &event.after {
                Some(after) => known.insert(after.object.key(), after.clone()),
                None => event
                    .before
                    .as_ref()
                    .and_then(|one| known.remove(&one.object.key())),
            };
            let told = Change {
                collection: name.clone(),
                before: event.before.clone(),
                after: event.after.clone(),
            };
            changes.push((event.revision, told));
        }
    }
}

/// What must have happened, where the log of it is forgotten.
fn compare(
    name: &Arc<str>,
    known: &mut BTreeMap<Key, Arc<Stored>>,
    collection: &Collection,
    changes: &mut Vec<(u64, Change)>,
) {
    let current = collection.objects(None).into_iter();
    let current: BTreeMap<_, _> = current.map(|one| (one.object.key(), one)).collect();
    for (key, before) in &*known {
        match current.get(key) {
            Some(after) if after.object.uid() == before.object.uid() => {
                if after.revision != before.revision {
                    changes.push(change(name, Some(before.clone()), Some(after.clone())));
                }
            }
            Some(after) => {
                changes.push(change(name, Some(before.clone()), None));
                changes.push(change(name, None, Some(after.clone())));
            }
            None => changes.push(change(name, Some(before.clone()), None)),
        }
    }
    let new = current.iter().filter(|(key, _)| !known.contains_key(*key));
    changes.extend(new.map(|(_, one)| change(name, None, Some(one.clone()))));
    *known = current;
}

fn change(
    name: &Arc<str>,
    before: Option<Arc<Stored>>,
    after: Option<Arc<Stored>>,
) -> (u64, Change) {
    let revision = after
        .as_ref()
        .or(before.as_ref())
        .map_or(0, |one| one.revision);
    (
        revision,
        Change {
            collection: name.clone(),
            before,
            after,
        },
    )
}
