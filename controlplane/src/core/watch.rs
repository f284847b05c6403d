//! Watches: what became of the selected objects, from a revision on.

use std::{collections::VecDeque, sync::Arc};

use jiff::Timestamp;
use serde_json::json;

use super::{
    Core,
    call::Call,
    query::{Query, refuse, supported},
    read::{Selection, resource_version},
    resource::Resource,
    store::{Event, Stored},
    view::View,
};
use crate::{FieldError, FieldReason, Refusal, deep::Deep};

/// A watch that goes on: it holds no more than its place in the log of events.
#[expect(
    clippy::struct_excessive_bools,
    reason = "what was told, and what is to be told"
)]
pub struct Watch {
    resource: Deep<Arc<Resource>>,
    selection: Selection,
    view: View,
    /// What is told before the events.
    initial: VecDeque<Arc<Stored>>,
    /// The bookmark that ends the initial events is still to be sent.
    tells_end_of_initial: bool,
    bookmarks: bool,
    /// All events up to here have been told.
    position: u64,
    timeout_seconds: Option<u64>,
    has_told: bool,
    ended: bool,
    /// The texts of its `Warning` headers.
    pub warnings: Vec<String>,
}

/// What a watch tells next.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// Events, a JSON document a line.
    Events(Vec<u8>),
    /// Nothing yet.
    Nothing,
    /// Nothing more.
    End,
}

impl Watch {
    /// After how many seconds it is to end; none where the client did not say.
    pub fn timeout_seconds(&self) -> Option<u64> {
        self.timeout_seconds
    }

    /// The media type of what it tells.
    pub fn content_type(&self) -> &'static str {
        self.view.stream_type()
    }

    /// How far it came, where the client wants to know.
    pub fn how_far(&self) -> Vec<u8> {
        if self.bookmarks {
            self.bookmark(false)
        } else {
            Vec::new()
        }
    }

    fn line(&mut self, kind: &str, stored: &Arc<Stored>, now: Timestamp) -> Vec<u8> {
        let is_first = !std::mem::replace(&mut self.has_told, true);
        let stored = self.resource.present(stored);
        let object = self.view.at(now).event(&self.resource, &stored, is_first);
        self.view.written_event(kind, &object)
    }

    fn bookmark(&self, ends_initial: bool) -> Vec<u8> {
        let mut meta = json!({"resourceVersion": self.position.to_string()});
        if ends_initial {
            meta["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        let object = json!({
            "apiVersion": self.resource.api_version(), "kind": self.resource.kind, "metadata": meta,
        });
        let object = self.view.bookmark(&self.resource, object);
        self.view
            .written_event("BOOKMARK", object.to_string().as_bytes())
    }

    fn told(&mut self, event: &Event, now: Timestamp) -> Option<Vec<u8>> {
        let selected =
            |stored: &&Arc<Stored>| self.selection.holds(&self.resource.present(stored).object);
        let before = event.before.as_ref().filter(selected);
        let after = event.after.as_ref().filter(selected);
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(self.line("ADDED", after, now)),
            (Some(_), Some(after)) => Some(self.line("MODIFIED", after, now)),
            (Some(before), None) => {
                let last = event.last_of(before);
                Some(self.line("DELETED", &last, now))
            }
        }
    }
}

impl Core {
    pub(crate) fn watch(
        &self,
        call: &Call,
        resource: &Arc<Resource>,
        view: View,
        query: &Query,
    ) -> Result<Watch, Refusal> {
        check_watch_options(query)?;
        let selection = Selection::of(call, resource, query)?;
        let from = resource_version(query).map_err(|why| Refusal::unknown(&why))?;
        let asked = query.flag("sendInitialEvents");
        let sends_initial = asked.or(if is_legacy(query) { Some(true) } else { None });
        let now = self.store.cached();
        let mut watch = Watch {
            resource: resource.clone().into(),
            selection,
            view,
            initial: VecDeque::new(),
            tells_end_of_initial: false,
            bookmarks: query.is_true("allowWatchBookmarks"),
            position: from.unwrap_or(now),
            timeout_seconds: query
                .number("timeoutSeconds")?
                .and_then(|seconds| u64::try_from(seconds).ok())
                .filter(|seconds| *seconds > 0),
            has_told: false,
            ended: false,
            warnings: Vec::new(),
        };
        // Without a place to begin at, a watch begins with what there is.
        let begins_with_state = sends_initial.unwrap_or_default();
        if begins_with_state {
            if let Some(from) = from {
                self.check_cached(from)?;
            }
            if from.is_none() && asked.is_some() {
                // It wants all that is stored by now.
                self.check_cached(self.store.revision())?;
            }
            let all = self.objects_at(resource, watch.selection.namespace.as_deref(), now);
            watch.initial = all
                .into_iter()
                .flatten()
                .filter(|one| watch.selection.holds(&resource.present(one).object))
                .collect();
            watch.position = now;
            watch.tells_end_of_initial = sends_initial.is_some() && watch.bookmarks;
        } else if sends_initial == Some(false) && from.is_none_or(|from| from == 0) {
            watch.position = now;
        }
        Ok(watch)
    }

    /// What a watch has not told yet.
    pub(crate) fn tell(&self, watch: &mut Watch, now: Timestamp) -> Told {
        if watch.ended {
            return Told::End;
        }
        let mut told = Vec::new();
        for stored in std::mem::take(&mut watch.initial) {
            told.extend(watch.line("ADDED", &stored, now));
        }
        if watch.tells_end_of_initial {
            watch.tells_end_of_initial = false;
            told.extend(watch.bookmark(true));
        }
        if let Some(collection) = self.store.collection(&watch.resource.collection) {
            if let Some(events) = collection.events_after(watch.position) {
                let cached = self.store.cached();
                for event in events.take_while(|event| event.revision <= cached) {
                    told.extend(watch.told(event, now).unwrap_or_default());
                }
                watch.position = watch.position.max(cached);
            } else {
                watch.ended = true;
                let refusal = too_old(watch.position, collection.forgotten());
                let status = refusal.body().to_string();
                told.extend(watch.view.written_event("ERROR", status.as_bytes()));
            }
        }
        // Whoever watches what is served no more, or in another way, is told of what happened until then.
        let served = &watch.resource;
        let now_served = self
            .registry
            .find(&served.group, &served.version, &served.plural);
        let is_served = now_served.is_some_and(|now| Arc::ptr_eq(now, served));
        if told.is_empty() && !is_served {
            Told::End
        } else if told.is_empty() {
            Told::Nothing
        } else {
            Told::Events(told)
        }
    }
}

/// A watch from no version, or from 0, begins with what there is (`SetListOptionsDefaults` of apimachinery).
fn is_legacy(query: &Query) -> bool {
    query.get("resourceVersionMatch").is_empty() && matches!(query.get("resourceVersion"), "" | "0")
}

fn too_old(position: u64, oldest: u64) -> Refusal {
    Refusal::expired(format!("too old resource version: {position} ({oldest})"))
}

fn check_watch_options(query: &Query) -> Result<(), Refusal> {
    let field = "resourceVersionMatch";
    let given = query.flag("sendInitialEvents");
    let by_default = given.is_none() && is_legacy(query);
    let wanted = if by_default {
        "NotOlderThan"
    } else {
        query.get(field)
    };
    let sends_initial = given.is_some() || by_default;
    let forbidden = |why: &str| FieldError::new(FieldReason::Forbidden, field, "", why);
    let mut errors = Vec::new();
    if sends_initial && wanted != "NotOlderThan" {
        errors.push(forbidden(
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ));
    }
    if !wanted.is_empty() {
        if !sends_initial {
            errors.push(forbidden(
                "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
            ));
        }
        if wanted != "NotOlderThan" {
            errors.push(FieldError::new(
                FieldReason::NotSupported,
                field,
                wanted,
                supported(&["NotOlderThan"]),
            ));
        }
        if !query.get("continue").is_empty() {
            errors.push(forbidden(
                "resourceVersionMatch is forbidden when continue is provided",
            ));
        }
    }
    refuse("ListOptions", &errors)
}
