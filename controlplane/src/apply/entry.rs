//! What one owner owns: an entry of `metadata.managedFields`.
//!
//! Follows apimachinery's `pkg/util/managedfields/internal/managedfields.go` and `buildmanagerinfo.go`.

use std::cmp::Ordering;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use super::{FieldSet, go};

/// How fields came to be owned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Operation {
    Apply,
    Update,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

/// Whose an entry is. Those who apply are the same in all versions, those who update are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) manager: String,
    pub(super) operation: Operation,
    /// Only of those who update.
    version: Option<String>,
    pub(super) subresource: String,
}

impl Owner {
    pub(super) fn new(
        manager: &str,
        operation: Operation,
        version: &str,
        subresource: &str,
    ) -> Self {
        Self {
            manager: manager.into(),
            operation,
            version: (operation == Operation::Update).then(|| version.into()),
            subresource: subresource.into(),
        }
    }

    /// The JSON by which the real server knows an owner; it sorts by that.
    pub(super) fn identifier(&self) -> String {
        let mut text = String::from("{");
        let version = self.version.as_deref().unwrap_or_default();
        let fields = [
            ("manager", self.manager.as_str()),
            ("operation", self.operation.name()),
            ("apiVersion", version),
            ("subresource", &self.subresource),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            if text.len() > 1 {
                text.push(',');
            }
            go::json_text(name, true, &mut text);
            text.push(':');
            go::json_text(value, true, &mut text);
        }
        text.push('}');
        text
    }

    /// As in the message of a conflict.
    pub(super) fn shown(&self) -> String {
        let mut text = go::quoted(&self.manager);
        if !self.subresource.is_empty() {
            text = format!("{text} with subresource {}", go::quoted(&self.subresource));
        }
        match &self.version {
            Some(version) => format!("{text} using {version}"),
            None => text,
        }
    }
}

/// What one owner owns.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) owner: Owner,
    /// The version that the fields are of.
    pub(super) version: String,
    pub(super) time: Option<Timestamp>,
    pub(super) fields: FieldSet,
}

impl Entry {
    pub(super) fn read(entry: &Value, place: usize) -> Result<Self, String> {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        let operation = match text("operation") {
            "Apply" => Operation::Apply,
            "Update" => Operation::Update,
            _ => return Err("operation must be `Apply` or `Update`".into()),
        };
        let version = text("apiVersion");
        if version.is_empty() {
            return Err("apiVersion must not be empty".into());
        }
        match text("fieldsType") {
            "FieldsV1" => {}
            "" => {
                return Err(format!(
                    "missing fieldsType in managed fields entry {place}"
                ));
            }
            other => {
                let other = go::quoted(other);
                return Err(format!(
                    "invalid fieldsType {other} in managed fields entry {place}"
                ));
            }
        }
        Ok(Self {
            owner: Owner::new(text("manager"), operation, version, text("subresource")),
            version: version.into(),
            time: text("time").parse().ok(),
            fields: FieldSet::from_json(&entry["fieldsV1"])?,
        })
    }

    pub(super) fn seconds(&self) -> i64 {
        self.time.map_or(0, Timestamp::as_second)
    }

    pub(super) fn before(&self, other: &Self) -> Ordering {
        let order = |entry: &Self| (entry.owner.operation, entry.seconds());
        order(self)
            .cmp(&order(other))
            .then_with(|| self.owner.manager.cmp(&other.owner.manager))
            .then_with(|| self.version.cmp(&other.version))
            .then_with(|| self.owner.subresource.cmp(&other.owner.subresource))
    }

    pub(super) fn written(&self) -> Value {
        let mut entry = Map::new();
        entry.insert("apiVersion".into(), self.version.as_str().into());
        entry.insert("fieldsType".into(), "FieldsV1".into());
        entry.insert("fieldsV1".into(), self.fields.to_json());
        if !self.owner.manager.is_empty() {
            entry.insert("manager".into(), self.owner.manager.as_str().into());
        }
        entry.insert("operation".into(), self.owner.operation.name().into());
        if !self.owner.subresource.is_empty() {
            entry.insert("subresource".into(), self.owner.subresource.as_str().into());
        }
        if let Some(time) = self.time {
            entry.insert("time".into(), json!(seconds(time)));
        }
        Value::Object(entry)
    }
}

/// A time as `meta/v1` writes it.
fn seconds(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}
