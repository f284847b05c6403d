//! Server-side apply that sends nothing where nothing would change.
//!
//! Comparing what is wanted with what is there does not work: the server normalizes ("0.1" CPUs become "100m") and
//! fills in defaults. So it is remembered, for each child, what was applied and what came back; while the author wants
//! the same and the cache holds the same, there is nothing to send.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::object::Object;

/// One apply: the hashes of what was wanted and of what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    wanted: u64,
    answer: u64,
}

impl Applied {
    pub(crate) fn new<K: Object>(wanted: &Value, answer: &K) -> Result<Self, serde_json::Error> {
        Ok(Self {
            wanted: hash(wanted),
            answer: hash_of_live(answer)?,
        })
    }

    /// Whether applying `wanted` to `live` again would change nothing.
    pub(crate) fn still_holds<K: Object>(
        &self,
        wanted: &Value,
        live: &K,
    ) -> Result<bool, serde_json::Error> {
        Ok(self.wanted == hash(wanted) && self.answer == hash_of_live(live)?)
    }
}

/// What is left of an object when others' doings are taken away: its status, and what the server counts.
fn hash_of_live<K: Object>(object: &K) -> Result<u64, serde_json::Error> {
    let mut value = serde_json::to_value(object)?;
    if let Some(object) = value.as_object_mut() {
        object.remove("status");
    }
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for counted in ["managedFields", "resourceVersion", "generation"] {
            meta.remove(counted);
        }
    }
    Ok(hash(&value))
}

pub(crate) fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Drops every `null` of an object, at any depth. The server would store it, and make us its owner.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
