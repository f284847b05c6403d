//! The fields that a value names (structured-merge-diff's `typed/tofieldset.go`).

use serde_json::{Map, Value};

use super::{
    Element, FieldSet,
    atom::{Atom, Fields, List, Type, items},
};
use crate::Topology;

/// The set of fields of an object.
pub(super) fn fields_of(of: Type<'_>, value: &Value) -> FieldSet {
    part(of, value).1
}

/// Whether the part itself is of the set, and what is below it.
fn part(of: Type<'_>, value: &Value) -> (bool, FieldSet) {
    match of.atom(Some(value)) {
        Atom::Scalar(_) => (true, FieldSet::default()),
        Atom::List(list) if *list.topology == Topology::Atomic => (true, FieldSet::default()),
        Atom::List(list) => (false, of_items(list, items(Some(value)))),
        Atom::Map(fields) if fields.atomic => (true, FieldSet::default()),
        Atom::Map(fields) => (
            false,
            value
                .as_object()
                .map(|values| of_fields(fields, values))
                .unwrap_or_default(),
        ),
    }
}

/// Items that are there several times are owned together, and nothing below them.
fn of_items(list: List<'_>, items: &[Value]) -> FieldSet {
    let mut set = FieldSet::default();
    let mut duplicates = FieldSet::default();
    for item in items {
        let Ok(element) = list.element(item) else {
            continue;
        };
        if set.has(&element) {
            duplicates.add(element, true, FieldSet::default());
        } else {
            let (_, below) = part(list.items, item);
            set.add(element, true, below);
        }
    }
    if duplicates.is_empty() {
        set
    } else {
        set.without(&duplicates).union(&duplicates)
    }
}

fn of_fields(fields: Fields<'_>, values: &Map<String, Value>) -> FieldSet {
    let mut set = FieldSet::default();
    for (name, value) in values {
        let named = fields.named(name);
        let Some(of) = fields.field(name) else {
            continue;
        };
        let (itself, below) = part(of, value);
        let empty = match value {
            Value::Null => true,
            Value::Object(values) => values.is_empty(),
            _ => false,
        };
        set.add(
            Element::Field(name.clone()),
            itself || empty || named.is_none(),
            below,
        );
    }
    set
}

/// Adds the named fields above those that are in a set (`Set.EnsureNamedFieldsAreMembers`).
pub(super) fn with_named(set: &FieldSet, of: Type<'_>) -> FieldSet {
    let mut all = FieldSet::default();
    for (element, member, below) in set.iter() {
        let (named, of) = match (element, of.atom(None)) {
            (Element::Field(name), Atom::Map(fields)) => {
                (fields.named(name).is_some(), fields.field(name))
            }
            (Element::Key(_), Atom::List(list)) => (false, Some(list.items)),
            _ => (false, None),
        };
        let parent = named && !below.is_empty();
        let below = of.map_or_else(|| below.clone(), |of| with_named(below, of));
        all.add(element.clone(), member || parent, below);
    }
    all
}
