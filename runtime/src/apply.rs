//! Server-side apply that sends nothing where nothing would change.
//!
//! Comparing what is wanted with what is there does not work: the server normalizes ("0.1" CPUs become "100m") and
//! fills in defaults. So it is remembered, for each child, what was applied and what came back; while the author wants
//! the same and the cache holds the same, there is nothing to send.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::stored::Name;

/// One apply: the hashes of what was wanted, and of the same fields as they came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    wanted: u64,
    answer: u64,
}

impl Applied {
    /// Of what was wanted, and the JSON of what is there.
    pub(crate) fn new(wanted: &Value, live: &[u8]) -> Result<Self, serde_json::Error> {
        let mut live = serde_json::Deserializer::from_slice(live);
        Ok(Self {
            wanted: hash(wanted),
            answer: Fields::set_by(wanted).deserialize(&mut live)?,
        })
    }

    /// Whether this is what was wanted.
    pub(crate) fn wanted(&self, wanted: &Value) -> bool {
        self.wanted == hash(wanted)
    }

    /// Whether applying `wanted` to `live` again would change nothing.
    pub(crate) fn still_holds(
        &self,
        wanted: &Value,
        live: &[u8],
    ) -> Result<bool, serde_json::Error> {
        Ok(self.wanted(wanted) && *self == Self::new(wanted, live)?)
    }
}

pub(crate) fn hash(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Hashes JSON as it is read: of an object, the fields that an apply sets. Others' fields are no concern of ours; a list
/// is one field.
#[derive(Clone, Copy)]
struct Fields<'w> {
    /// None where everything counts.
    set: Option<&'w Map<String, Value>>,
}

impl<'w> Fields<'w> {
    fn set_by(wanted: &'w Value) -> Self {
        Self {
            set: wanted.as_object(),
        }
    }

    /// How the field of this name is hashed, if at all.
    fn below(self, name: &str) -> Option<Self> {
        match self.set {
            None => Some(self),
            Some(set) => set.get(name).map(Self::set_by),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<u64, E> {
        Ok(hash(&value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<u64, E> {
        Ok(hash(&value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<u64, E> {
        Ok(hash(&value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<u64, E> {
        Ok(hash(&value.to_bits()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<u64, E> {
        Ok(hash(value))
    }

    fn visit_unit<E: Error>(self) -> Result<u64, E> {
        Ok(hash(&()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
        let mut hasher = DefaultHasher::new();
        while let Some(item) = items.next_element_seed(Self { set: None })? {
            item.hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// The order of the fields does not matter.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<u64, A::Error> {
        let mut sum = 0u64;
        while let Some(Name(name)) = fields.next_key()? {
            match self.below(&name) {
                Some(field) => {
                    let value = fields.next_value_seed(field)?;
                    sum = sum.wrapping_add(hash(&(&*name, value)));
                }
                None => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        Ok(sum)
    }
}

/// Drops every `null` of an object, at any depth. The server would store it, and make us its owner.
pub(crate) fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> Vec<u8> {
        value.to_string().into_bytes()
    }

    /// The answers are those of kube-apiserver: quantities are normalized, defaults are filled in.
    #[test]
    fn only_a_change_of_what_was_applied_is_a_reason_to_apply_again() {
        let container =
            json!({"name": "app", "image": "busybox", "resources": {"requests": {"cpu": "0.1"}}});
        let wanted =
            json!({"spec": {"replicas": 2, "template": {"spec": {"containers": [container]}}}});
        let answered = json!({"name": "app", "image": "busybox", "resources": {"requests": {"cpu": "100m"}},
            "imagePullPolicy": "Always"});
        let answer = json!({
            "metadata": {"name": "shop", "resourceVersion": "7", "generation": 1},
            "spec": {
                "replicas": 2, "revisionHistoryLimit": 10, "selector": {},
                "template": {"spec": {"containers": [answered], "restartPolicy": "Always"}},
            },
        });
        let applied = Applied::new(&wanted, &text(&answer)).expect("JSON");
        let holds = |path: &str, value: Value, wanted: &Value| {
            let mut live = answer.clone();
            let (parent, field) = path.rsplit_once('/').expect("a path");
            live.pointer_mut(parent).expect("a field")[field] = value;
            applied.still_holds(wanted, &text(&live)).expect("JSON")
        };
        let revision = json!({"deployment.kubernetes.io/revision": "1"});
        assert!(
            holds("/metadata/annotations", revision, &wanted),
            "somebody else's field"
        );
        assert!(
            holds("/spec/revisionHistoryLimit", json!(3), &wanted),
            "a default that somebody changes"
        );
        assert!(!holds("/spec/replicas", json!(7), &wanted), "drift");
        assert!(
            !holds("/spec/template/spec/containers", json!([]), &wanted),
            "drift in a list"
        );
        assert!(
            !holds(
                "/metadata/labels",
                json!({}),
                &json!({"spec": {"replicas": 2}})
            ),
            "a field is given up"
        );
    }
}
