//! One step of a path: a field, an item of a list by its keys, by its value or by its place.

use std::{cmp::Ordering, fmt};

use serde_json::{Number, Value};

use super::go;

/// How a part is known in what holds it (structured-merge-diff's `fieldpath.PathElement`).
#[derive(Clone, Debug)]
pub enum Element {
    /// A field of an object or a key of a map.
    Field(String),
    /// An item of a list of objects, by the values of its keys, sorted by name.
    Key(Vec<(String, Value)>),
    /// An item of a set.
    Value(Value),
    /// An item by its place.
    Index(i64),
}

impl Element {
    fn rank(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Key(_) => 1,
            Self::Value(_) => 2,
            Self::Index(_) => 3,
        }
    }
}

impl Ord for Element {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Field(one), Self::Field(other)) => one.cmp(other),
            (Self::Key(one), Self::Key(other)) => compare_keys(one, other),
            (Self::Value(one), Self::Value(other)) => compare(one, other),
            (Self::Index(one), Self::Index(other)) => one.cmp(other),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Element {}

fn compare_keys(one: &[(String, Value)], other: &[(String, Value)]) -> Ordering {
    for ((name, value), (other_name, other_value)) in one.iter().zip(other) {
        let order = name
            .cmp(other_name)
            .then_with(|| compare(value, other_value));
        if order.is_ne() {
            return order;
        }
    }
    one.len().cmp(&other.len())
}

/// The order of values of all types: numbers, texts, truth values, lists, maps, null (`value.Compare`).
pub(super) fn compare(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare_numbers(one, other),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Array(one), Value::Array(other)) => {
            let items = one
                .iter()
                .zip(other)
                .map(|(one, other)| compare(one, other));
            items
                .fold(Ordering::Equal, Ordering::then)
                .then(one.len().cmp(&other.len()))
        }
        (Value::Object(one), Value::Object(other)) => {
            let fields = one
                .iter()
                .zip(other)
                .map(|((key, value), (other_key, other_value))| {
                    key.cmp(other_key).then_with(|| compare(value, other_value))
                });
            fields
                .fold(Ordering::Equal, Ordering::then)
                .then(one.len().cmp(&other.len()))
        }
        _ => rank(one).cmp(&rank(other)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

fn compare_numbers(one: &Number, other: &Number) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return one.cmp(&other);
    }
    let (one, other) = (one.as_f64(), other.as_f64());
    one.partial_cmp(&other).unwrap_or(Ordering::Equal)
}

/// Whether two values are the same, as `value.Equals` says: 1 is 1.0.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare_numbers(one, other).is_eq(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((key, value), (other_key, other_value))| {
                        key == other_key && equal(value, other_value)
                    })
        }
        _ => one == other,
    }
}

/// As in messages: `.spec`, `[name="a",port=80]`, `[="x"]`, `[0]`.
impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(keys) => {
                let keys = keys
                    .iter()
                    .map(|(name, value)| format!("{name}={}", text(value)));
                write!(f, "[{}]", keys.collect::<Vec<_>>().join(","))
            }
            Self::Value(value) => write!(f, "[={}]", text(value)),
            Self::Index(place) => write!(f, "[{place}]"),
        }
    }
}

/// A value within a path (`value.ToString`).
fn text(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => go::number(number),
        Value::String(text) => go::quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(text).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{key}={}", text(value)))
                .collect();
            fields.concat()
        }
    }
}
