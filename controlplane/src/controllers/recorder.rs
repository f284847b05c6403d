//! Events: what controllers tell people.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::{Desk, Who};
use crate::core::object::{Key, seconds};

/// Who tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    pub(crate) who: Who,
    pub(crate) component: &'static str,
}

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    pub(crate) about: About,
    /// `Warning`, or `Normal`.
    pub(crate) is_warning: bool,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

/// The object that a note is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct About {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) key: Key,
    pub(crate) uid: String,
    /// Empty where the note is not about a version of it.
    pub(crate) resource_version: String,
    /// Empty where the note is about the object as a whole.
    pub(crate) field: String,
}

impl About {
    fn reference(&self) -> Value {
        let mut reference =
            json!({"apiVersion": self.api_version, "kind": self.kind, "name": self.key.name});
        let texts = [
            ("namespace", &self.key.namespace),
            ("uid", &self.uid),
            ("resourceVersion", &self.resource_version),
            ("fieldPath", &self.field),
        ];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            reference[name] = text.as_str().into();
        }
        reference
    }
}

/// Writes events, the same one once with a count, as `EventCorrelator` of client-go.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// By who tells what: which event says so.
    told: BTreeMap<(Source, Note), Key>,
}

impl Recorder {
    /// A note that can't be written is lost, as client-go's are.
    pub(crate) fn record(&mut self, desk: &mut Desk<'_>, source: Source, note: &Note) {
        let who = source.who;
        let mut same = note.clone();
        same.about.resource_version.clear();
        if let Some(key) = self.told.get(&(source, same.clone()))
            && let Some(event) = desk.get("events", key)
        {
            let count = event.object.value()["count"].as_i64().unwrap_or_default() + 1;
            let patch = json!({"count": count, "lastTimestamp": seconds(desk.now)});
            if desk.patch(who, "events", key, &patch).is_ok() {
                return;
            }
        }
        let event = event(source.component, note, desk);
        let namespace = namespace(note).to_owned();
        if let Ok(created) = desk.create(who, "events", &namespace, &event) {
            self.told.insert((source, same), created.key());
        }
    }

    /// The event is gone.
    pub(crate) fn forget(&mut self, event: &Key) {
        self.told.retain(|_, key| key != event);
    }
}

fn namespace(note: &Note) -> &str {
    match note.about.key.namespace.as_str() {
        "" => "default",
        namespace => namespace,
    }
}

fn event(component: &str, note: &Note, desk: &Desk<'_>) -> Value {
    let now = seconds(desk.now);
    json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": free_name(note, desk), "namespace": namespace(note)},
        "involvedObject": note.about.reference(),
        "type": if note.is_warning { "Warning" } else { "Normal" },
        "reason": note.reason,
        "message": note.message,
        "source": {"component": component},
        "reportingComponent": component,
        "reportingInstance": "",
        "firstTimestamp": now,
        "lastTimestamp": now,
        "eventTime": null,
        "count": 1,
    })
}

/// The object's name and the time in nanoseconds (`GenerateEventName` of client-go), or the next that is free.
fn free_name(note: &Note, desk: &Desk<'_>) -> String {
    let mut moment = desk.now.as_nanosecond();
    loop {
        let name = format!("{}.{moment:x}", note.about.key.name);
        if desk
            .get("events", &Key::new(namespace(note), &name))
            .is_none()
        {
            return name;
        }
        moment += 1;
    }
}
