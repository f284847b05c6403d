//! Replays recorded requests through the functions of this module, with a little of what a server does around them.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    super::{
        FieldSet, Replicas, Target, Writer, apply, from_scale, ignored, ignored_of_custom,
        keep_times, manager_name, to_scale, track,
    },
    START,
    scenario::Step,
    schemas::Documents,
};
use crate::{Refusal, Schema, Shape};

/// What the server sets in metadata.
const SYSTEM: [&str; 6] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "namespace",
    "resourceVersion",
    "uid",
];

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

/// The kinds of the recorded objects.
pub(super) struct Kinds(BTreeMap<&'static str, Kind>);

struct Kind {
    schema: Schema,
    kind: &'static str,
    api_version: &'static str,
}

impl Kinds {
    pub(super) fn of(documents: &Documents) -> Self {
        let built_in = [
            (
                "configmaps",
                "io.k8s.api.core.v1.ConfigMap",
                "v1",
                "ConfigMap",
            ),
            ("services", "io.k8s.api.core.v1.Service", "v1", "Service"),
            ("pods", "io.k8s.api.core.v1.Pod", "v1", "Pod"),
            (
                "deployments",
                "io.k8s.api.apps.v1.Deployment",
                "apps/v1",
                "Deployment",
            ),
            (
                "scale",
                "io.k8s.api.autoscaling.v1.Scale",
                "autoscaling/v1",
                "Scale",
            ),
        ];
        let kinds = built_in
            .into_iter()
            .map(|(resource, name, api_version, kind)| {
                (
                    resource,
                    Kind {
                        schema: documents.named(name),
                        kind,
                        api_version,
                    },
                )
            });
        let widget = Kind {
            schema: documents.widget(),
            kind: "Widget",
            api_version: "apply.example.com/v1",
        };
        Self(kinds.chain([("widgets", widget)]).collect())
    }
}

/// The objects of one file.
pub(super) struct Replay<'a> {
    pub(super) kinds: &'a Kinds,
    pub(super) objects: BTreeMap<String, Value>,
}

/// What a request is about.
struct Request<'a> {
    step: &'a Step,
    resource: &'a str,
    subresource: &'a str,
    key: String,
    body: Value,
    manager: String,
    place: usize,
}

impl<'a> Request<'a> {
    fn of(step: &'a Step, place: usize) -> Self {
        let parts = step.parts();
        let at = parts.iter().position(|part| *part == "namespaces").unwrap() + 2;
        let body: Value = serde_json::from_str(&step.body).unwrap_or_default();
        let name = parts
            .get(at + 1)
            .copied()
            .or(body["metadata"]["name"].as_str())
            .unwrap_or_default();
        Self {
            step,
            resource: parts[at],
            subresource: parts.get(at + 2).copied().unwrap_or_default(),
            key: format!("{}/{name}", parts[at]),
            manager: manager_name(
                step.parameter("fieldManager").unwrap_or_default(),
                step.agent.as_deref().unwrap_or_default(),
            ),
            body,
            place,
        }
    }

    fn writer(&self) -> Writer<'_> {
        let now = START + SignedDuration::from_secs(self.place.try_into().unwrap());
        Writer {
            manager: &self.manager,
            subresource: self.subresource,
            now,
        }
    }

    fn is_custom(&self) -> bool {
        self.resource == "widgets"
    }

    fn ignored(&self) -> FieldSet {
        if self.is_custom() {
            ignored_of_custom(true, self.subresource)
        } else {
            ignored(self.resource, self.subresource)
        }
    }
}

impl Replay<'_> {
    /// What is wrong, if the answer is another than the recorded one.
    pub(super) fn step(&mut self, step: &Step, place: usize) -> Result<(), String> {
        let request = Request::of(step, place);
        let (code, answer) = step.answer.as_ref().ok_or("nothing recorded")?;
        if request.subresource == "scale" {
            return self.scaled(&request, *code, answer);
        }
        let found = self.written(&request, *code, answer);
        if *code < 300 {
            self.objects.insert(request.key, answer.clone());
        }
        found
    }

    fn written(&self, request: &Request<'_>, code: u16, answer: &Value) -> Result<(), String> {
        let step = request.step;
        let kind = &self.kinds.0[request.resource];
        let ignored = request.ignored();
        let target = kind.target(&ignored, !request.is_custom());
        let live = self.objects.get(&request.key).cloned();
        let got = match step.verb.as_str() {
            "GET" => entries(&live.clone().ok_or("nothing is there")?),
            "APPLY" => {
                let force = step.parameter("force") == Some("true");
                let applied = apply(
                    &target,
                    live.as_ref(),
                    &request.body,
                    &request.writer(),
                    force,
                );
                match refused_alike(applied, code, answer)? {
                    None => return Ok(()),
                    Some(applied) => {
                        self.holds(request, &applied, live.as_ref(), answer)?;
                        entries(&applied)
                    }
                }
            }
            _ if code >= 400 => return Ok(()),
            _ => {
                let mut new = request.new_object(live.as_ref(), answer, &kind.schema);
                track(&target, live.as_ref(), &mut new, &request.writer());
                entries(&new)
            }
        };
        let got = settled(live.as_ref(), answer, got);
        same("managedFields", &got, &entries(answer))
    }

    /// A custom object is then what the answer shows; of a built-in one the server's defaults are added.
    fn holds(
        &self,
        request: &Request<'_>,
        applied: &Value,
        live: Option<&Value>,
        answer: &Value,
    ) -> Result<(), String> {
        let mut applied = applied.clone();
        let kept: &[&str] = match request.subresource {
            "status" => &["spec", "metadata"],
            _ => &["status"],
        };
        for name in kept {
            let before = live.and_then(|live| live.get(name)).cloned();
            match before {
                Some(before) => applied[*name] = before,
                None => drop(applied.as_object_mut().unwrap().remove(*name)),
            }
        }
        if request.is_custom() {
            fill(&self.kinds.0[request.resource].schema, &mut applied);
            same(
                "the object",
                &without_system(&applied),
                &without_system(answer),
            )
        } else if within(&applied, answer) {
            Ok(())
        } else {
            Err(format!(
                "the object\n  got      {applied}\n  recorded {answer}"
            ))
        }
    }

    /// A scale is written by the managedFields that its object gives it.
    fn scaled(&mut self, request: &Request<'_>, code: u16, answer: &Value) -> Result<(), String> {
        let kind = &self.kinds.0["scale"];
        let none = FieldSet::default();
        let target = kind.target(&none, true);
        let replicas = Replicas {
            api_version: "apps/v1",
            versions: &[],
            path: "spec.replicas",
        };
        let object = self
            .objects
            .get_mut(&request.key)
            .ok_or("nothing is there")?;
        let parent = entries(object);
        let live = json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale",
            "metadata": {"name": "d", "namespace": "default", "managedFields": to_scale(Some(&parent), &replicas)},
            "spec": {"replicas": object["spec"]["replicas"]}, "status": {"replicas": 0},
        });
        let new = if request.step.verb == "APPLY" {
            let force = request.step.parameter("force") == Some("true");
            let applied = apply(
                &target,
                Some(&live),
                &request.body,
                &request.writer(),
                force,
            );
            match refused_alike(applied, code, answer)? {
                None => return Ok(()),
                Some(applied) => applied,
            }
        } else {
            let mut new = live.clone();
            json_patch::merge(&mut new, &request.body);
            track(&target, Some(&live), &mut new, &request.writer());
            new
        };
        object["spec"]["replicas"] = new["spec"]["replicas"].clone();
        object["metadata"]["managedFields"] =
            from_scale(Some(&parent), Some(&entries(&new)), &replicas).unwrap_or_default();
        Ok(())
    }
}

impl Kind {
    fn target<'a>(&'a self, ignored: &'a FieldSet, built_in: bool) -> Target<'a> {
        Target {
            schema: &self.schema,
            api_version: self.api_version,
            kind: self.kind,
            versions: &[],
            built_in,
            ignored,
        }
    }
}

impl Request<'_> {
    /// What a write that is no apply makes of the object. What defaults do to a built-in one, the answer shows.
    fn new_object(&self, live: Option<&Value>, answer: &Value, schema: &Schema) -> Value {
        let mut new = match (!self.is_custom(), live, self.step.verb.as_str()) {
            (true, ..) => self.shown(live, answer),
            (false, Some(live), "JSON") => {
                let mut new = live.clone();
                json_patch::patch(
                    &mut new,
                    &serde_json::from_value::<json_patch::Patch>(self.body.clone()).unwrap(),
                )
                .unwrap();
                new
            }
            (false, Some(live), "MERGE" | "STRATEGIC") => {
                let mut new = live.clone();
                json_patch::merge(&mut new, &self.body);
                new
            }
            _ => self.body.clone(),
        };
        if self.is_custom() {
            fill(schema, &mut new);
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
        if live.is_none() && self.resource != "deployments" {
            new.get_mut("spec")
                .and_then(Value::as_object_mut)
                .into_iter()
                .for_each(|spec| {
                    spec.retain(|name, _| !ADDED_LATER.contains(&name.as_str()));
                });
        }
        new
    }

    fn sent_entries(&self) -> Option<Value> {
        let first = if self.step.verb == "JSON" {
            let entries = self
                .body
                .as_array()?
                .iter()
                .find(|it| it["path"] == "/metadata/managedFields")?;
            &entries["value"]
        } else {
            self.body["metadata"].get("managedFields")?
        };
        Some(first.clone())
    }
}

/// The object, if it was not to be refused; else that it was refused as recorded.
fn refused_alike(
    applied: Result<Value, Refusal>,
    code: u16,
    answer: &Value,
) -> Result<Option<Value>, String> {
    match applied {
        Ok(applied) if code < 300 => Ok(Some(applied)),
        // Refused by others: the parameters, the decoder, the object's own checks.
        Ok(_)
            if code == 422
                || answer["message"]
                    .as_str()
                    .is_some_and(|text| text.contains("undeterminable")) =>
        {
            Ok(None)
        }
        Err(_)
            if answer["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("error decoding")) =>
        {
            Ok(None)
        }
        Ok(applied) => Err(format!(
            "not refused\n  got      {applied}\n  recorded {answer}"
        )),
        Err(refusal) => {
            same("refused", &sorted(refusal.body()), &sorted(answer.clone())).map(|()| None)
        }
    }
}

/// The real server goes through maps in any order: lines of messages and causes are compared sorted.
fn sorted(mut refusal: Value) -> Value {
    let message = refusal["message"].as_str().unwrap_or_default().to_owned();
    let mut lines: Vec<_> = message.lines().collect();
    lines.sort_unstable();
    refusal["message"] = lines.join("\n").into();
    if let Some(causes) = refusal
        .pointer_mut("/details/causes")
        .and_then(Value::as_array_mut)
    {
        causes.sort_by_key(ToString::to_string);
    }
    refusal
}

/// The entries once the object is as it is stored.
fn settled(live: Option<&Value>, answer: &Value, got: Value) -> Value {
    let Some(live) = live.filter(|_| !got.is_null()) else {
        return got;
    };
    let mut stored = answer.clone();
    stored["metadata"]["managedFields"] = got;
    keep_times(live, &mut stored);
    entries(&stored)
}

fn entries(object: &Value) -> Value {
    object["metadata"]["managedFields"].clone()
}

fn same(what: &str, got: &Value, recorded: &Value) -> Result<(), String> {
    if got == recorded {
        return Ok(());
    }
    Err(format!("{what}\n  got      {got}\n  recorded {recorded}"))
}

/// Without what the server sets, and without nulls.
fn without_system(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for name in SYSTEM {
            metadata.remove(name);
        }
    }
    object
}

/// Whether all that one says the other says as well.
fn within(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => one.iter().all(|(key, value)| {
            SYSTEM.contains(&key.as_str()) || within(value, other.get(key).unwrap_or(&Value::Null))
        }),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| within(one, other))
        }
        (Value::Object(fields), Value::Null) => {
            fields.values().all(|value| within(value, &Value::Null))
        }
        (Value::Array(items), Value::Null) => items.is_empty(),
        (Value::String(text), Value::Null) => text.is_empty(),
        (Value::Number(number), Value::Null) => number.as_f64() == Some(0.0),
        (Value::Null, _) => true,
        (Value::Bool(flag), Value::Null) => !flag,
        (Value::String(one), Value::String(other)) => {
            one == other || one == "0.5" && other == "500m"
        }
        _ => super::super::element::equal(one, other),
    }
}

/// Fills in what a schema gives as defaults.
fn fill(schema: &Schema, value: &mut Value) {
    match (&schema.shape, value) {
        (Shape::Object(object), Value::Object(values)) => {
            for (name, field) in &object.fields {
                if let Some(default) = field
                    .default
                    .as_ref()
                    .filter(|_| !values.contains_key(name))
                {
                    Map::insert(values, name.clone(), default.clone());
                }
                if let Some(value) = values.get_mut(name) {
                    fill(&field.schema, value);
                }
            }
        }
        (Shape::List { items, .. }, Value::Array(values)) => {
            values.iter_mut().for_each(|value| fill(items, value));
        }
        _ => {}
    }
}
