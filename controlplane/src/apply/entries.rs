//! What all owners own: `metadata.managedFields` as a whole.
//!
//! Follows apimachinery's `pkg/util/managedfields/internal/managedfields.go` and `capmanagers.go`.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    FieldSet,
    compare::Comparison,
    conflict::Conflicts,
    entry::{Entry, Operation, Owner},
};

/// What all owners own.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries(pub(super) Vec<Entry>);

impl Entries {
    /// Reads `metadata.managedFields`; none of it where an entry can't be read.
    pub(super) fn read(list: Option<&Value>) -> Result<Self, String> {
        let mut entries = Self::default();
        for (place, entry) in list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .enumerate()
        {
            let entry = Entry::read(entry, place)?;
            entries.remove(&entry.owner);
            entries.0.push(entry);
        }
        Ok(entries)
    }

    pub(super) fn get(&self, owner: &Owner) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.owner == *owner)
    }

    pub(super) fn remove(&mut self, owner: &Owner) -> Option<Entry> {
        let place = self.0.iter().position(|entry| entry.owner == *owner)?;
        Some(self.0.remove(place))
    }

    /// As `metadata.managedFields`, in its order; none where nobody owns anything.
    pub(super) fn written(mut self) -> Option<Value> {
        self.0.sort_by(Entry::before);
        (!self.0.is_empty()).then(|| self.0.iter().map(Entry::written).collect())
    }

    /// Puts the oldest of too many that update together.
    pub(super) fn cap(&mut self, most: usize) {
        let updating = |entry: &&Entry| entry.owner.operation == Operation::Update;
        let mut updaters: Vec<Owner> = self
            .0
            .iter()
            .filter(updating)
            .map(|entry| entry.owner.clone())
            .collect();
        if updaters.len() <= most {
            return;
        }
        let age = |owner: &Owner| self.get(owner).map_or(0, Entry::seconds);
        updaters.sort_by_cached_key(|owner| (age(owner), owner.identifier()));
        let mut left = updaters.len();
        let mut firsts: Vec<(String, Owner)> = Vec::new();
        for owner in updaters {
            if left <= most {
                break;
            }
            let Some(version) = self.get(&owner).map(|entry| entry.version.clone()) else {
                continue;
            };
            match firsts.iter().find(|(of, _)| *of == version) {
                None => firsts.push((version, owner)),
                Some((_, first)) => {
                    self.put_together(&owner, first, &version);
                    left -= 1;
                }
            }
        }
    }

    fn put_together(&mut self, owner: &Owner, first: &Owner, version: &str) {
        let bucket = Owner::new("ancient-changes", Operation::Update, version, "");
        if self.get(&bucket).is_none()
            && let Some(entry) = self.remove(first)
        {
            self.0.push(Entry {
                owner: bucket.clone(),
                ..entry
            });
        }
        let Some(taken) = self.remove(owner) else {
            return;
        };
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.owner == bucket) {
            entry.fields = taken.fields.union(&entry.fields);
            entry.time = taken.time;
        }
    }
}

impl Entries {
    /// Takes from all, but one, what has changed or is gone.
    pub(super) fn take(&mut self, comparison: &Comparison, but: Option<&Owner>) {
        let lost = comparison.changed().union(&comparison.removed);
        for entry in &mut self.0 {
            if but != Some(&entry.owner) {
                entry.fields.take(&lost);
            }
        }
        self.0.retain(|entry| !entry.fields.is_empty());
    }

    /// Gives fields to an owner, beside those it has.
    pub(super) fn give(
        &mut self,
        owner: Owner,
        version: &str,
        now: Timestamp,
        mut fields: FieldSet,
    ) {
        if let Some(before) = self.remove(&owner) {
            fields = fields.union(&before.fields);
        }
        self.0.push(Entry {
            owner,
            version: version.into(),
            time: Some(now),
            fields,
        });
    }

    /// Whose fields, but one's, have changed.
    pub(super) fn conflicts(&self, comparison: &Comparison, but: &Owner) -> Conflicts {
        let changed = comparison.changed();
        let mut conflicts = Conflicts::default();
        for entry in self.0.iter().filter(|entry| entry.owner != *but) {
            let fields = entry.fields.intersection(&changed);
            if !fields.is_empty() {
                conflicts.add(&entry.owner, fields);
            }
        }
        conflicts
    }
}

pub(super) fn entries_of(object: &Value) -> Option<&Value> {
    object
        .get("metadata")?
        .get("managedFields")
        .filter(|entries| entries.is_array())
}

pub(super) fn set_entries(object: &mut Value, entries: Option<Value>) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    match entries {
        Some(entries) => metadata.insert("managedFields".into(), entries),
        None => metadata.remove("managedFields"),
    };
}
