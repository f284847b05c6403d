//! Events, of both groups: one object in two forms, as `pkg/registry/core/event` in Kubernetes has them.
//!
//! They are stored in the older form. The newer one has other names for fields, and stricter rules.

use serde_json::Value;

use super::super::{
    builtin::{Builtin, Metadata, PLAIN},
    field::Field,
    meta, names,
    object::Object,
};
use crate::{FieldError, types};

pub(super) const OF_CORE: Builtin = Builtin {
    plural: "events",
    fields: FIELDS,
    validate: |event| legacy(event, "reportingComponent"),
    validate_update: |new, _, _| legacy(new, "reportingComponent"),
    ..EVENT
};

pub(super) const OF_EVENTS: Builtin = Builtin {
    plural: "events",
    group: "events.k8s.io",
    fields: NEWER_FIELDS,
    validate,
    validate_update: |new, old, _| validate_update(new, old),
    convert: newer,
    settle: |event| *event = older(event),
    ..EVENT
};

const EVENT: Builtin = Builtin {
    name: names::path_segment,
    create_on_update: true,
    metadata: Metadata::Apart,
    ..PLAIN
};

const FIELDS: &[&str] = &[
    "involvedObject.kind",
    "involvedObject.namespace",
    "involvedObject.name",
    "involvedObject.uid",
    "involvedObject.apiVersion",
    "involvedObject.resourceVersion",
    "involvedObject.fieldPath",
    "reason",
    "reportingComponent",
    "source",
    "type",
];

const NEWER_FIELDS: &[&str] = &[
    "regarding.kind",
    "regarding.namespace",
    "regarding.name",
    "regarding.uid",
    "regarding.apiVersion",
    "regarding.resourceVersion",
    "regarding.fieldPath",
    "reason",
    "reportingController",
    "type",
];

/// The names of fields, older and newer.
const NAMES: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("source", "deprecatedSource"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
    ("count", "deprecatedCount"),
    ("reportingComponent", "reportingController"),
];

fn newer(event: &Object) -> Option<Object> {
    let is_older = event.api_version() == "v1";
    is_older.then(|| {
        converted(event, "events.k8s.io", |name| {
            let known = NAMES.iter().find(|(older, _)| *older == name);
            known.map(|(_, newer)| *newer)
        })
    })
}

fn older(event: &Object) -> Object {
    converted(event, "", |name| {
        let known = NAMES.iter().find(|(_, newer)| *newer == name);
        known.map(|(older, _)| *older)
    })
}

fn converted(event: &Object, group: &str, named: fn(&str) -> Option<&'static str>) -> Object {
    let fields = event.fields().iter().map(|(name, value)| {
        let name = named(name).map_or_else(|| name.clone(), Into::into);
        (name, value.clone())
    });
    let fields = Value::Object(fields.collect());
    let normal = types::normalize(group, "v1", "Event", &fields).expect("Events are built in");
    let (value, _) = normal.expect("what one form holds the other can hold");
    Object::new(value).expect("an Event is an object")
}

fn validate(event: &Object) -> Vec<FieldError> {
    let event = older(event);
    let mut errors = legacy(&event, "reportingController");
    errors.extend(meta::names_and_metadata(&event, names::dns_subdomain));
    errors.extend(series(&event));
    let field = |name| Field::of(&event, name);
    errors.extend(field("eventTime").need());
    let kind = field("type").text();
    if !matches!(kind, "Normal" | "Warning") {
        let why = format!("has invalid value: {kind}");
        errors.push(FieldError::invalid("type", "", why));
    }
    let source = field("source");
    let given = [
        ("firstTimestamp", field("firstTimestamp").is_set()),
        ("lastTimestamp", field("lastTimestamp").is_set()),
        (
            "count",
            field("count").number().is_some_and(|count| count != 0),
        ),
        (
            "source",
            !source.at("component").is_empty() || !source.at("host").is_empty(),
        ),
    ];
    for (name, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        errors.push(FieldError::invalid(name, "", "needs to be unset"));
    }
    errors
}

fn validate_update(new: &Object, old: &Object) -> Vec<FieldError> {
    const FIXED: [&str; 14] = [
        "involvedObject",
        "reason",
        "message",
        "source",
        "firstTimestamp",
        "lastTimestamp",
        "count",
        "reason",
        "type",
        "eventTime",
        "action",
        "related",
        "reportingComponent",
        "reportingInstance",
    ];
    let (new, old) = (older(new), older(old));
    let mut errors = legacy(&new, "reportingController");
    errors.extend(meta::validate_update(&new, &old));
    if new.value()["series"] != old.value()["series"] {
        errors.extend(series(&new));
    }
    for name in FIXED {
        let shown = if name == "reportingComponent" {
            "reportingController"
        } else {
            name
        };
        let field = Field::of(&new, name).named(shown);
        let error = field.immutable(&Field::of(&old, name));
        errors.extend(error.map(|error| match shown_as(name) {
            Some(named) => error.showing(types::internal(named, field.value())),
            None => error,
        }));
    }
    errors
}

/// Go's type of a field that messages show as a struct.
fn shown_as(name: &str) -> Option<&'static str> {
    match name {
        "involvedObject" => Some("core.ObjectReference"),
        "related" => Some("*core.ObjectReference"),
        "source" => Some("core.EventSource"),
        _ => None,
    }
}

fn series(event: &Object) -> Vec<FieldError> {
    let series = Field::of(event, "series");
    let mut errors = Vec::new();
    if !series.is_set() {
        return errors;
    }
    if series.at("count").number().unwrap_or_default() < 2 {
        errors.push(FieldError::invalid(
            "series.count",
            "",
            "should be at least 2",
        ));
    }
    errors.extend(series.at("lastObservedTime").need());
    errors
}

/// What is asked of all Events (`legacyValidateEvent`); the name of who reports differs.
fn legacy(event: &Object, reporter: &str) -> Vec<FieldError> {
    let field = |name| Field::of(event, name);
    let namespace = event.namespace();
    let about = field("involvedObject").at("namespace");
    let mut errors = Vec::new();
    let is_newer = field("eventTime").is_set();
    let fits = match (about.text(), is_newer) {
        ("", false) => matches!(namespace, "" | "default"),
        ("", true) => matches!(namespace, "default" | "kube-system"),
        (about, false) => about == namespace,
        (_, true) => true,
    };
    if !fits {
        errors.push(about.invalid("does not match event.namespace"));
    }
    if is_newer {
        let by = field("reportingComponent").named(reporter);
        errors.extend(by.need());
        errors.extend(by.complaints(names::qualified));
        for (name, needed, most) in [
            ("reportingInstance", true, 128),
            ("action", true, 128),
            ("reason", true, 128),
            ("message", false, 1024),
        ] {
            let field = field(name);
            if needed {
                errors.extend(field.need());
            }
            if field.text().len() > most {
                let why = format!("can have at most {most} characters");
                errors.push(FieldError::invalid(name, "", why));
            }
        }
    }
    let namespace = Value::from(namespace);
    errors.extend(Field::new("namespace", &namespace).complaints(names::dns_subdomain));
    errors
}
