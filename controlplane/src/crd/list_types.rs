//! Items of sets and of lists of type map are there once.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/listtype/validation.go`.

use serde_json::{Map, Value};

use super::{
    path::Path,
    structural::{ListType, Node},
};
use crate::{FieldError, FieldReason};

/// The items that are there twice.
pub(crate) fn check(node: &Node, object: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    of_value(node, object, &Path::Root, &mut errors);
    errors
}

/// Whether there is such a list in a schema at all.
pub(crate) fn occur_in(node: &Node) -> bool {
    matches!(node.list_type, ListType::Set | ListType::Map(_)) || node.children().any(occur_in)
}

fn of_value(node: &Node, value: &Value, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    match value {
        Value::Object(fields) => {
            if let Some(values) = node.additional.schema() {
                for (name, field) in fields {
                    of_value(values, field, &path.key(name), errors);
                }
            }
            for (name, field) in fields {
                if let Some(property) = node.properties.get(name) {
                    of_value(property, field, &path.field(name), errors);
                }
            }
        }
        Value::Array(items) => {
            match &node.list_type {
                ListType::Set => of_set(items, path, errors),
                ListType::Map(keys) => of_map(items, keys, path, errors),
                ListType::Atomic | ListType::Unsaid => {}
            }
            if let Some(of_item) = &node.items {
                for (index, item) in items.iter().enumerate() {
                    of_value(of_item, item, &path.index(index), errors);
                }
            }
        }
        _ => {}
    }
}

fn of_set(items: &[Value], path: &Path<'_>, errors: &mut Vec<FieldError>) {
    for index in twice(items) {
        let field = path.index(index).text();
        errors.push(FieldError::new(
            FieldReason::Duplicate,
            field,
            items[index].clone(),
            "",
        ));
    }
}

fn of_map(items: &[Value], keys: &[String], path: &Path<'_>, errors: &mut Vec<FieldError>) {
    let is_object = |item: &Value| item.is_null() || item.is_object();
    if let Some(index) = items.iter().position(|item| !is_object(item)) {
        let detail = "must be an object for an array of list-type map";
        let field = path.index(index).text();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            items[index].clone(),
            detail,
        ));
        return;
    }
    let known_by: Vec<Value> = items.iter().map(|item| keys_of(item, keys)).collect();
    for index in twice(&known_by) {
        let field = path.index(index).text();
        errors.push(FieldError::new(
            FieldReason::Duplicate,
            field,
            known_by[index].clone(),
            "",
        ));
    }
}

fn keys_of(item: &Value, keys: &[String]) -> Value {
    let mut known_by = Map::new();
    for key in keys {
        if let Some(value) = item.get(key) {
            known_by.insert(key.clone(), value.clone());
        }
    }
    known_by.into()
}

/// The second appearance of each item that appears more than once.
fn twice(items: &[Value]) -> Vec<usize> {
    let appearances = |index: usize| {
        items[..index]
            .iter()
            .filter(|other| **other == items[index])
            .count()
    };
    (0..items.len())
        .filter(|index| appearances(*index) == 1)
        .collect()
}
