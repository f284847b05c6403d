//! An object without some of its fields (structured-merge-diff's `typed/remove.go`).

use serde_json::{Map, Value};

use super::{
    Element, FieldSet,
    atom::{Atom, Fields, List, Type},
};
use crate::Topology;

/// Takes fields and items out. A list or a map that nothing is left of becomes null.
pub(super) fn remove(of: Type<'_>, value: &mut Value, fields: &FieldSet) {
    let left = match of.atom(Some(value)) {
        Atom::Scalar(_) => return,
        Atom::List(list) => value
            .as_array_mut()
            .is_some_and(|items| remove_items(list, items, fields)),
        Atom::Map(of) => value
            .as_object_mut()
            .is_some_and(|values| remove_fields(of, values, fields)),
    };
    if !left {
        *value = Value::Null;
    }
}

/// Whether anything is left.
fn remove_items(list: List<'_>, items: &mut Vec<Value>, fields: &FieldSet) -> bool {
    if *list.topology == Topology::Atomic {
        return false;
    }
    items.retain_mut(|item| match list.element(item) {
        Ok(element) => keep(Some(list.items), &element, item, fields),
        Err(_) => true,
    });
    !items.is_empty()
}

fn remove_fields(of: Fields<'_>, values: &mut Map<String, Value>, fields: &FieldSet) -> bool {
    if of.atomic {
        return false;
    }
    for (element, _, _) in fields.iter() {
        let Element::Field(name) = element else {
            continue;
        };
        let Some(value) = values.get_mut(name) else {
            continue;
        };
        if !keep(of.field(name), element, value, fields) {
            values.remove(name);
        }
    }
    !values.is_empty()
}

/// Whether a part stays; if so, takes out what is to be removed below it.
fn keep(of: Option<Type<'_>>, element: &Element, value: &mut Value, fields: &FieldSet) -> bool {
    if fields.has(element) {
        return false;
    }
    if let (Some(of), Some(below)) = (of, fields.below(element)) {
        remove(of, value, below);
    }
    true
}
