//! Replays recorded requests through the functions of this module, with a little of what a server does around them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    super::{FieldSet, Replicas, apply, element::equal, from_scale, keep_times, to_scale, track},
    kinds::Kinds,
    request::Request,
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

/// The objects of one file.
pub(super) struct Replay<'a> {
    pub(super) documents: &'a Documents,
    pub(super) kinds: Kinds,
    pub(super) objects: BTreeMap<String, Value>,
}

impl Replay<'_> {
    /// What is wrong, if the answer is another than the recorded one.
    pub(super) fn step(&mut self, step: &Step, place: usize) -> Result<(), String> {
        let request = Request::of(step, place);
        let (code, answer) = step.answer.as_ref().ok_or("nothing recorded")?;
        if request.resource == "customresourcedefinitions" {
            self.kinds.define(self.documents, answer);
            return Ok(());
        }
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
        let kind = self.kinds.named(request.resource);
        let ignored = request.ignored(kind);
        let target = kind.target(&request.version, &ignored);
        let live = self.objects.get(&request.key).cloned().map(|mut live| {
            live["apiVersion"] = request.version.as_str().into();
            live
        });
        let live = live.as_ref();
        let got = match request.step.verb.as_str() {
            "GET" => entries(live.ok_or("nothing is there")?),
            "APPLY" => {
                let writer = request.writer();
                let applied = apply(&target, live, &request.body, &writer, request.forced());
                match refused_alike(applied, code, answer)? {
                    None => return Ok(()),
                    Some(applied) => {
                        self.holds(request, &applied, live, answer)?;
                        entries(&applied)
                    }
                }
            }
            _ if code >= 400 => return Ok(()),
            _ => {
                let mut new = request.new_object(kind, live, answer);
                if kind.is_custom {
                    decoded(&kind.schema, &mut new);
                }
                track(&target, live, &mut new, &request.writer());
                entries(&new)
            }
        };
        let got = settled(live, answer, got);
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
        let kind = self.kinds.named(request.resource);
        let mut applied = applied.clone();
        let kept: &[&str] = match request.subresource {
            "status" => &["spec", "metadata"],
            _ if kind.has_status => &["status"],
            _ => &[],
        };
        for name in kept {
            let before = live.and_then(|live| live.get(name)).cloned();
            match before {
                Some(before) => applied[*name] = before,
                None => drop(applied.as_object_mut().unwrap().remove(*name)),
            }
        }
        if kind.is_custom {
            decoded(&kind.schema, &mut applied);
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
        let kind = self.kinds.named("scale");
        let none = FieldSet::default();
        let target = kind.target("autoscaling/v1", &none);
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
            let writer = request.writer();
            let applied = apply(
                &target,
                Some(&live),
                &request.body,
                &writer,
                request.forced(),
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
    if equal(got, recorded) {
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
        _ => equal(one, other),
    }
}

/// What the server makes of a custom object as it reads it.
fn decoded(schema: &Schema, value: &mut Value) {
    fill(schema, value);
    if let Some(metadata) = value["metadata"].as_object_mut() {
        metadata.retain(|_, value| match value {
            Value::Null => false,
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        });
    }
}

/// Fills in what a schema gives as defaults, and leaves out nulls where it knows none.
fn fill(schema: &Schema, value: &mut Value) {
    match (&schema.shape, value) {
        (Shape::Object(object), Value::Object(values)) => {
            for (name, field) in &object.fields {
                if values.get(name).is_some_and(Value::is_null) && !field.schema.nullable {
                    values.remove(name);
                }
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
        (Shape::Map { values: of, .. }, Value::Object(values)) => {
            values.retain(|_, value| !value.is_null() || of.nullable);
            values.values_mut().for_each(|value| fill(of, value));
        }
        (Shape::List { items, .. }, Value::Array(values)) => {
            for value in values {
                fill(items, value);
            }
        }
        _ => {}
    }
}
