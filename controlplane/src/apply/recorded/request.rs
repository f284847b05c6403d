//! A recorded request, and what it would make of the object.

use jiff::SignedDuration;
use serde_json::Value;

use super::{
    super::{FieldSet, Writer, ignored, ignored_of_custom, manager_name},
    START,
    kinds::Kind,
    scenario::Step,
};

/// What the server adds to a spec after it has seen to managedFields: by admission, or as it allocates addresses.
const ADDED_LATER: [&str; 8] = [
    "clusterIP",
    "clusterIPs",
    "ipFamilies",
    "ipFamilyPolicy",
    "nodePort",
    "preemptionPolicy",
    "priority",
    "tolerations",
];

/// What a request is about.
pub(super) struct Request<'a> {
    pub(super) step: &'a Step,
    pub(super) resource: &'a str,
    pub(super) subresource: &'a str,
    pub(super) version: String,
    pub(super) key: String,
    pub(super) body: Value,
    manager: String,
    place: usize,
}

impl<'a> Request<'a> {
    pub(super) fn of(step: &'a Step, place: usize) -> Self {
        let parts = step.parts();
        let (group, rest) = match parts.as_slice() {
            ["api", rest @ ..] => (None, rest),
            ["apis", group, rest @ ..] => (Some(*group), rest),
            _ => panic!("no path of an object: {}", step.path),
        };
        let version = group.map_or(rest[0].to_owned(), |group| format!("{group}/{}", rest[0]));
        let rest = if rest[1] == "namespaces" {
            &rest[3..]
        } else {
            &rest[1..]
        };
        let body: Value = serde_json::from_str(&step.body).unwrap_or_default();
        let name = rest.get(1).copied().or(body["metadata"]["name"].as_str());
        Self {
            step,
            resource: rest[0],
            subresource: rest.get(2).copied().unwrap_or_default(),
            version,
            key: format!("{}/{}", rest[0], name.unwrap_or_default()),
            manager: manager_name(
                &step.parameter("fieldManager"),
                step.agent.as_deref().unwrap_or_default(),
            ),
            body,
            place,
        }
    }

    pub(super) fn writer(&self) -> Writer<'_> {
        let now = START + SignedDuration::from_secs(self.place.try_into().unwrap());
        Writer {
            manager: &self.manager,
            subresource: self.subresource,
            now,
        }
    }

    pub(super) fn forced(&self) -> bool {
        self.step.parameter("force") == "true"
    }

    pub(super) fn ignored(&self, kind: &Kind) -> FieldSet {
        if kind.is_custom {
            ignored_of_custom(kind.has_status, self.subresource)
        } else {
            ignored(self.resource, self.subresource)
        }
    }

    /// What a write that is no apply makes of the object. What defaults do to a built-in one, the answer shows.
    pub(super) fn new_object(&self, kind: &Kind, live: Option<&Value>, answer: &Value) -> Value {
        if !kind.is_custom {
            return self.shown(live, answer);
        }
        let Some(live) = live.filter(|_| self.step.verb != "PUT") else {
            return self.body.clone();
        };
        let mut new = live.clone();
        if self.step.verb == "JSON" {
            let patch: json_patch::Patch = serde_json::from_value(self.body.clone()).unwrap();
            json_patch::patch(&mut new, &patch).unwrap();
        } else {
            json_patch::merge(&mut new, &self.body);
        }
        new
    }

    /// The object as the answer shows it, as far as it was so when the server saw to managedFields.
    fn shown(&self, live: Option<&Value>, answer: &Value) -> Value {
        let mut new = answer.clone();
        new["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("managedFields");
        if let Some(sent) = self.sent_entries() {
            new["metadata"]["managedFields"] = sent;
        }
        if self.subresource == "status" {
            for name in ["metadata", "spec"] {
                if let Some(sent) = self.body.get(name) {
                    json_patch::merge(&mut new[name], sent);
                }
            }
        }
        if live.is_none()
            && self.resource != "deployments"
            && let Some(spec) = new.get_mut("spec").and_then(Value::as_object_mut)
        {
            spec.retain(|name, _| !ADDED_LATER.contains(&name.as_str()));
        }
        new
    }

    fn sent_entries(&self) -> Option<Value> {
        let sent = match self.body.as_array() {
            Some(steps) => {
                let step = steps
                    .iter()
                    .find(|step| step["path"] == "/metadata/managedFields")?;
                &step["value"]
            }
            None => self.body["metadata"].get("managedFields")?,
        };
        Some(sent.clone())
    }
}
