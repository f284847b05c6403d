//! Events: what controllers tell people.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
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

/// Writes events as `EventCorrelator` of client-go: the same one once with a count, many that differ in their words
/// only as one, and of a flood about one object only the beginning.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// By who tells what: which event says so. Combined ones have no message.
    told: BTreeMap<(Source, Note), Key>,
    /// What was told in other words, without these.
    similar: BTreeMap<(Source, Note), Similar>,
    /// By who tells about what: how much of it lately.
    floods: BTreeMap<(Source, About), Flood>,
}

/// What was told about one thing, in how many words.
#[derive(Debug, Default)]
struct Similar {
    messages: BTreeSet<String>,
    last: Timestamp,
}

/// How many events were told of one object; one is forgotten every five minutes.
#[derive(Debug, Default)]
struct Flood {
    events: u64,
    since: Timestamp,
}

impl Similar {
    const SEVERAL: usize = 10;
    const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);

    /// Whether it is told as one with what was told before.
    fn adds_to_many(&mut self, message: &str, now: Timestamp) -> bool {
        if now.duration_since(self.last) > Self::FORGOTTEN_AFTER {
            self.messages.clear();
        }
        self.last = now;
        self.messages.insert(message.to_owned());
        let many = self.messages.len() >= Self::SEVERAL;
        if many {
            self.messages.pop_first();
        }
        many
    }
}

impl Flood {
    const MOST: u64 = 25;
    const ONE_MORE_AFTER: i64 = 300;

    /// Whether one more is too much.
    fn is_too_much(&mut self, now: Timestamp) -> bool {
        let passed = (now.as_second() - self.since.as_second()) / Self::ONE_MORE_AFTER;
        let passed = u64::try_from(passed).unwrap_or_default();
        self.events = self.events.saturating_sub(passed);
        if passed > 0 || self.events == 0 {
            self.since = now;
        }
        if self.events == Self::MOST {
            return true;
        }
        self.events += 1;
        false
    }
}

impl Recorder {
    /// A note that can't be written is lost, as client-go's are.
    pub(crate) fn record(&mut self, desk: &mut Desk<'_>, source: Source, note: &Note) {
        let who = source.who;
        let mut same = note.clone();
        same.about.resource_version.clear();
        let mut note = note.clone();
        let mut similar = same.clone();
        similar.message.clear();
        similar.about.field.clear();
        let many = self.similar.entry((source, similar.clone())).or_default();
        let flood = self.floods.entry((source, similar.about.clone()));
        if many.adds_to_many(&note.message, desk.now) {
            note.message = format!("(combined from similar events): {}", note.message);
            same = similar;
        }
        if flood.or_default().is_too_much(desk.now) {
            return;
        }
        if let Some(key) = self.told.get(&(source, same.clone()))
            && let Some(event) = desk.get("events", key)
        {
            let count = event.object.number("/count") + 1;
            let patch = json!({
                "count": count, "lastTimestamp": seconds(desk.now), "message": note.message,
            });
            if desk.patch(who, "events", key, &patch).is_ok() {
                return;
            }
        }
        let event = event(source.component, &note, desk);
        let namespace = namespace(&note).to_owned();
        if let Ok(created) = desk.create(who, "events", &namespace, &event) {
            self.told.insert((source, same), created.key());
        }
    }

    /// The event is gone.
    pub(crate) fn forget(&mut self, event: &Key) {
        self.told.retain(|_, key| key != event);
        let told = &self.told;
        let is_told = |about: &About| told.keys().any(|(_, note)| note.about.uid == about.uid);
        self.similar.retain(|(_, note), _| is_told(&note.about));
        self.floods.retain(|(_, about), _| is_told(about));
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
