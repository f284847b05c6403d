//! An object: a JSON value that has `metadata`.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// A JSON object with `metadata`, which is an object too.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object(Value);

/// A namespace and a name; the namespace is empty for cluster-scoped objects.
///
/// Ordered as etcd orders `namespace/name`, so `a-b/c` comes before `a/c`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path().cmp(other.path())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Key {
    fn path(&self) -> impl Iterator<Item = &u8> {
        let namespace = self.namespace.as_bytes().iter();
        namespace.chain(b"/").chain(self.name.as_bytes())
    }

    pub(crate) fn new(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

/// An owner reference, as far as garbage collection goes by it.
pub(crate) struct Owner<'a> {
    pub(crate) api_version: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) controller: bool,
    pub(crate) blocks_deletion: bool,
}

impl Object {
    /// None where the value is no JSON object. Without `metadata` it is given an empty one.
    pub(crate) fn new(mut value: Value) -> Option<Self> {
        let fields = value.as_object_mut()?;
        let meta = fields
            .entry("metadata")
            .or_insert_with(|| Map::new().into());
        if !meta.is_object() {
            *meta = Map::new().into();
        }
        Some(Self(value))
    }

    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    pub(crate) fn value_mut(&mut self) -> &mut Value {
        &mut self.0
    }

    pub(crate) fn fields(&self) -> &Map<String, Value> {
        self.0.as_object().expect("an object by construction")
    }

    pub(crate) fn fields_mut(&mut self) -> &mut Map<String, Value> {
        self.0.as_object_mut().expect("an object by construction")
    }

    pub(crate) fn meta(&self) -> &Map<String, Value> {
        let meta = self.fields().get("metadata").and_then(Value::as_object);
        meta.expect("there is metadata by construction")
    }

    pub(crate) fn meta_mut(&mut self) -> &mut Map<String, Value> {
        let meta = self.fields_mut().get_mut("metadata");
        let meta = meta.and_then(Value::as_object_mut);
        meta.expect("there is metadata by construction")
    }

    pub(crate) fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(crate) fn key(&self) -> Key {
        Key::new(self.namespace(), self.name())
    }

    pub(crate) fn name(&self) -> &str {
        self.meta_text("name")
    }

    pub(crate) fn generate_name(&self) -> &str {
        self.meta_text("generateName")
    }

    pub(crate) fn namespace(&self) -> &str {
        self.meta_text("namespace")
    }

    pub(crate) fn uid(&self) -> &str {
        self.meta_text("uid")
    }

    pub(crate) fn resource_version(&self) -> &str {
        self.meta_text("resourceVersion")
    }

    pub(crate) fn generation(&self) -> i64 {
        let generation = self.meta().get("generation");
        generation.and_then(Value::as_i64).unwrap_or_default()
    }

    pub(crate) fn is_being_deleted(&self) -> bool {
        !self.meta_text("deletionTimestamp").is_empty()
    }

    pub(crate) fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        texts(self.meta().get("labels"))
    }

    pub(crate) fn label(&self, name: &str) -> Option<&str> {
        self.meta().get("labels")?.get(name)?.as_str()
    }

    pub(crate) fn finalizers(&self) -> impl Iterator<Item = &str> {
        let list = self.meta().get("finalizers").and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    pub(crate) fn has_finalizer(&self, name: &str) -> bool {
        self.finalizers().any(|one| one == name)
    }

    pub(crate) fn set_finalizers(&mut self, finalizers: Vec<String>) {
        if finalizers.is_empty() {
            self.meta_mut().remove("finalizers");
        } else {
            self.meta_mut()
                .insert("finalizers".into(), finalizers.into());
        }
    }

    pub(crate) fn owners(&self) -> impl Iterator<Item = Owner<'_>> {
        let list = self.meta().get("ownerReferences").and_then(Value::as_array);
        list.into_iter().flatten().map(|one| Owner {
            api_version: text_in(one, "apiVersion"),
            kind: text_in(one, "kind"),
            name: text_in(one, "name"),
            uid: text_in(one, "uid"),
            controller: one["controller"].as_bool().unwrap_or_default(),
            blocks_deletion: one["blockOwnerDeletion"].as_bool().unwrap_or_default(),
        })
    }

    /// Whether `status.conditions` has this one with this status.
    pub(crate) fn has_condition(&self, kind: &str, status: &str) -> bool {
        let conditions = self.0["status"]["conditions"].as_array();
        let mut conditions = conditions.into_iter().flatten();
        conditions.any(|one| one["type"] == kind && one["status"] == status)
    }

    /// The text at a JSON pointer; empty where there is none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        let found = self.0.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default()
    }

    /// The whole number at a JSON pointer; 0 where there is none, as in Go.
    pub(crate) fn number(&self, pointer: &str) -> i64 {
        let found = self.0.pointer(pointer).and_then(Value::as_i64);
        found.unwrap_or_default()
    }

    pub(crate) fn set_meta(&mut self, name: &str, value: impl Into<Value>) {
        self.meta_mut().insert(name.into(), value.into());
    }

    /// Takes a field of `metadata` from another object: what that has not, this has not either.
    pub(crate) fn take_meta(&mut self, name: &str, other: &Object) {
        take(self.meta_mut(), name, other.meta().get(name));
    }

    /// Takes a field from another object: what that has not, this has not either.
    pub(crate) fn take_field(&mut self, name: &str, other: &Object) {
        take(self.fields_mut(), name, other.fields().get(name));
    }

    fn meta_text(&self, name: &str) -> &str {
        let found = self.meta().get(name).and_then(Value::as_str);
        found.unwrap_or_default()
    }
}

fn take(fields: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    match value {
        Some(value) => fields.insert(name.into(), value.clone()),
        None => fields.remove(name),
    };
}

fn text_in<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The texts of a map of texts.
pub(crate) fn texts(map: Option<&Value>) -> impl Iterator<Item = (&str, &str)> {
    let map = map.and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
}

/// A moment as `metadata.creationTimestamp` has it: to the second.
pub(crate) fn seconds(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
