//! Whether a value is of its type (structured-merge-diff's `typed/validate.go`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    Element,
    atom::{Atom, Fields, Kind, List, Type},
    go,
    problem::Problems,
};
use crate::Topology;

/// Says what is wrong. Items that are there twice are wrong in what is applied, not in what is stored.
pub(super) fn check(of: Type<'_>, value: &Value, duplicates: bool) -> Result<(), Problems> {
    match of.atom(Some(value)) {
        Atom::Scalar(kind) if kind.takes(value) => Ok(()),
        Atom::Scalar(kind) => Err(Problems::of(not_scalar(kind, value))),
        Atom::List(list) => match value {
            Value::Null => Ok(()),
            Value::Array(items) => check_items(list, items, duplicates),
            _ => Err(Problems::of(format!(
                "expected list, got &{{{}}}",
                go::plain(value)
            ))),
        },
        Atom::Map(fields) => match value {
            Value::Null => Ok(()),
            Value::Object(values) => check_fields(fields, values, duplicates),
            _ => Err(Problems::of(format!(
                "expected map, got &{{{}}}",
                go::plain(value)
            ))),
        },
    }
}

fn not_scalar(kind: Kind, value: &Value) -> String {
    match kind {
        Kind::Number => {
            format!(
                "expected numeric (int or float), got {}",
                go::type_name(value)
            )
        }
        Kind::Text => {
            let value = go::syntax(value);
            format!("expected string, got &value.valueUnstructured{{Value:{value}}}")
        }
        Kind::Flag => format!("expected boolean, got &{{{}}}", go::plain(value)),
        Kind::Any => format!("expected any scalar, got &{{{}}}", go::plain(value)),
    }
}

fn check_items(list: List<'_>, items: &[Value], duplicates: bool) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let mut seen = BTreeSet::new();
    for (place, item) in items.iter().enumerate() {
        let element = match list.topology {
            Topology::Atomic => Element::Index(place.try_into().unwrap_or(i64::MAX)),
            _ => match list.element(item) {
                Ok(element) => element,
                Err(message) => {
                    problems.push(format!("element {place}: {message}"));
                    return Err(problems);
                }
            },
        };
        let checked = check(list.items, item, duplicates);
        if !duplicates && seen.contains(&element) {
            problems.push(format!("duplicate entries for key {element}"));
        }
        problems.below(&element, checked);
        if !duplicates {
            seen.insert(element);
        }
    }
    problems.or(())
}

fn check_fields(
    fields: Fields<'_>,
    values: &Map<String, Value>,
    duplicates: bool,
) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for (name, value) in values {
        // What is stored has been read as entries; it may be long.
        if duplicates && name == "managedFields" {
            continue;
        }
        let checked = match fields.field(name) {
            Some(of) => check(of, value, duplicates),
            None => Err(Problems::of("field not declared in schema")),
        };
        let unknown = fields.field(name).is_none();
        if checked.is_err() {
            problems.below(&Element::Field(name.clone()), checked);
        }
        if unknown {
            break;
        }
    }
    problems.or(())
}
