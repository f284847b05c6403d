//! Records as text: keys in any case in, one line out.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// Why a text is not a record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Malformed {
    #[error(transparent)]
    NotJson(#[from] serde_json::Error),
    #[error("a JSON object is wanted")]
    NotAnObject,
    #[error("the key '{0}' is given twice")]
    Twice(String),
    #[error("{key} is not {wanted}")]
    WrongType {
        key: &'static str,
        wanted: &'static str,
    },
}

/// A JSON object whose keys are matched without regard to case. What is absent or null is empty.
pub(crate) struct Fields(BTreeMap<String, Value>);

impl Fields {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Malformed> {
        match serde_json::from_slice(text)? {
            Value::Object(object) => Self::of(object),
            _ => Err(Malformed::NotAnObject),
        }
    }

    fn of(object: Map<String, Value>) -> Result<Self, Malformed> {
        let mut fields = BTreeMap::new();
        for (key, value) in object {
            if fields.insert(key.to_ascii_lowercase(), value).is_some() {
                return Err(Malformed::Twice(key));
            }
        }
        Ok(Self(fields))
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Result<String, Malformed> {
        match self.take(key) {
            Value::String(text) => Ok(text),
            Value::Null => Ok(String::new()),
            _ => Err(wrong_type(key, "a string")),
        }
    }

    pub(crate) fn flag(&mut self, key: &'static str) -> Result<bool, Malformed> {
        match self.take(key) {
            Value::Bool(flag) => Ok(flag),
            Value::Null => Ok(false),
            _ => Err(wrong_type(key, "true or false")),
        }
    }

    pub(crate) fn object(&mut self, key: &'static str) -> Result<Self, Malformed> {
        match self.take(key) {
            Value::Object(object) => Self::of(object),
            Value::Null => Ok(Self(BTreeMap::new())),
            _ => Err(wrong_type(key, "an object")),
        }
    }

    fn take(&mut self, key: &str) -> Value {
        self.0
            .remove(&key.to_ascii_lowercase())
            .unwrap_or(Value::Null)
    }
}

fn wrong_type(key: &'static str, wanted: &'static str) -> Malformed {
    Malformed::WrongType { key, wanted }
}

/// The text of a record or a list of them.
pub(crate) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("records are strings and booleans, which JSON can hold")
}

/// The same with the newline that ends answers and files.
pub(crate) fn line(value: &impl Serialize) -> String {
    text(value) + "\n"
}
