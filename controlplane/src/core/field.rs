//! A field of an object: where it is and what it holds, so that what is wrong with it can be said in one breath.

use serde_json::Value;

use super::{
    names::Complaints,
    object::{Object, texts},
    query::supported,
};
use crate::{FieldError, FieldReason};

/// What is wrong with fields, in the order in which Kubernetes tells it.
pub(crate) type Errors = Vec<FieldError>;

static NOTHING: Value = Value::Null;

/// A field, there or not.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    pub(crate) fn new(path: impl Into<String>, value: &'a Value) -> Self {
        Self {
            path: path.into(),
            value,
        }
    }

    /// A field of an object.
    pub(crate) fn of(object: &'a Object, name: &str) -> Self {
        Self::new(name, &object.value()[name])
    }

    /// A field of this one.
    pub(crate) fn at(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.into()
        } else {
            format!("{}.{name}", self.path)
        };
        Self::new(path, self.value.get(name).unwrap_or(&NOTHING))
    }

    /// What a map holds under a key: `limits[cpu]`.
    pub(crate) fn key(&self, key: &str) -> Self {
        let value = self.value.get(key).unwrap_or(&NOTHING);
        Self::new(format!("{}[{key}]", self.path), value)
    }

    /// An item of a list: `containers[0]`.
    pub(crate) fn index(&self, index: usize) -> Self {
        let value = self.value.get(index).unwrap_or(&NOTHING);
        Self::new(format!("{}[{index}]", self.path), value)
    }

    /// The same value by another path: Kubernetes does not always name the field that it means.
    pub(crate) fn named(&self, path: impl Into<String>) -> Self {
        Self::new(path, self.value)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = Self> + use<'_, 'a> {
        (0..self.len()).map(|index| self.index(index))
    }

    pub(crate) fn len(&self) -> usize {
        self.value.as_array().map_or(0, Vec::len)
    }

    /// The keys of a map, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let map = self.value.as_object();
        map.into_iter().flatten().map(|(key, _)| key.as_str())
    }

    /// The keys of a map, in order, each with what it holds.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> + use<'_, 'a> {
        self.keys().map(|key| (key, self.key(key)))
    }

    /// The entries of a map of texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        texts(Some(self.value))
    }

    pub(crate) fn is_set(&self) -> bool {
        !self.value.is_null()
    }

    /// Whether there is nothing in it: no text, no item, no entry.
    pub(crate) fn is_empty(&self) -> bool {
        match self.value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.value.as_str().unwrap_or_default()
    }

    pub(crate) fn number(&self) -> Option<i64> {
        self.value.as_i64()
    }

    pub(crate) fn is_true(&self) -> bool {
        self.value.as_bool().unwrap_or_default()
    }

    /// An error about another value than the one that is there.
    pub(crate) fn error(
        &self,
        reason: FieldReason,
        value: impl Into<Value>,
        detail: impl Into<String>,
    ) -> FieldError {
        FieldError::new(reason, self.path.as_str(), value, detail)
    }

    /// One about the value that is there; a text that is not there is empty.
    pub(crate) fn invalid(&self, detail: impl Into<String>) -> FieldError {
        let value = match self.value {
            Value::Null => "".into(),
            value => value.clone(),
        };
        self.error(FieldReason::Invalid, value, detail)
    }

    pub(crate) fn required(&self, detail: impl Into<String>) -> FieldError {
        self.error(FieldReason::Required, Value::Null, detail)
    }

    pub(crate) fn forbidden(&self, detail: impl Into<String>) -> FieldError {
        self.error(FieldReason::Forbidden, Value::Null, detail)
    }

    pub(crate) fn duplicate(&self) -> FieldError {
        self.error(FieldReason::Duplicate, self.text(), "")
    }

    pub(crate) fn not_found(&self) -> FieldError {
        self.error(FieldReason::NotFound, self.text(), "")
    }

    pub(crate) fn not_supported(&self, values: &[&str]) -> FieldError {
        self.error(FieldReason::NotSupported, self.text(), supported(values))
    }

    pub(crate) fn too_long(&self, limit: usize) -> FieldError {
        let detail = format!("may not be more than {limit} bytes");
        self.error(FieldReason::TooLong, Value::Null, detail)
    }

    /// That the field is required, where it is empty.
    pub(crate) fn need(&self) -> Option<FieldError> {
        self.is_empty().then(|| self.required(""))
    }

    /// An error for each complaint about its text.
    pub(crate) fn complaints(&self, about: fn(&str) -> Complaints) -> Errors {
        let complaints = about(self.text()).into_iter();
        complaints.map(|why| self.invalid(why)).collect()
    }

    /// That the field is required, or what is complained of.
    pub(crate) fn need_text(&self, about: fn(&str) -> Complaints) -> Errors {
        match self.need() {
            Some(error) => vec![error],
            None => self.complaints(about),
        }
    }

    /// That its text is none of those there are; an empty one is missing.
    pub(crate) fn need_one_of(&self, values: &[&str]) -> Option<FieldError> {
        self.need().or_else(|| self.one_of(values))
    }

    /// That its text is none of those there are.
    pub(crate) fn one_of(&self, values: &[&str]) -> Option<FieldError> {
        (!values.contains(&self.text())).then(|| self.not_supported(values))
    }

    /// That it is another than before.
    pub(crate) fn immutable(&self, before: &Self) -> Option<FieldError> {
        (self.value != before.value).then(|| self.invalid("field is immutable"))
    }

    /// That its number is not within these, both included.
    pub(crate) fn within(&self, least: i64, most: i64) -> Option<FieldError> {
        let number = self.number().unwrap_or_default();
        let is_within = (least..=most).contains(&number);
        (!is_within).then(|| {
            let detail = format!("must be between {least} and {most}, inclusive");
            self.error(FieldReason::Invalid, number, detail)
        })
    }

    /// That its number is less than zero.
    pub(crate) fn not_negative(&self) -> Option<FieldError> {
        let number = self.number().filter(|number| *number < 0)?;
        let detail = "must be greater than or equal to 0";
        Some(self.error(FieldReason::Invalid, number, detail))
    }

    /// That its number is not more than zero.
    pub(crate) fn positive(&self) -> Option<FieldError> {
        let number = self.number().unwrap_or_default();
        (number <= 0).then(|| self.error(FieldReason::Invalid, number, "must be greater than zero"))
    }
}
