//! Defaults, and nulls where none may be.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/defaulting` (`algorithm.go`, `prunenulls.go`).

use serde_json::Value;

use super::structural::Node;

/// Drops nulls that are neither allowed nor replaced by a default.
pub(crate) fn drop_nulls(value: &mut Value, node: Option<&Node>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, field| {
                let of_field = node.and_then(|node| node.field(name));
                !(field.is_null() && of_field.is_some_and(|f| !f.nullable && f.default.is_none()))
            });
            for (name, field) in fields {
                drop_nulls(field, node.and_then(|node| node.field(name)));
            }
        }
        Value::Array(items) => {
            let of_item = node.and_then(|node| node.items.as_deref());
            for item in items {
                drop_nulls(item, of_item);
            }
        }
        _ => {}
    }
}

/// Fills in what a schema has defaults for.
pub(crate) fn fill(value: &mut Value, node: &Node) {
    match value {
        Value::Object(fields) => {
            for (name, property) in &node.properties {
                let Some(default) = &property.default else {
                    continue;
                };
                let missing = match fields.get(name) {
                    None => true,
                    Some(given) => given.is_null() && !property.nullable,
                };
                if missing {
                    fields.insert(name.clone(), default.clone());
                }
            }
            for (name, field) in fields {
                if let Some(property) = node.properties.get(name) {
                    fill(field, property);
                } else if let Some(values) = node.additional.schema() {
                    fill_element(field, values);
                }
            }
        }
        Value::Array(items) => {
            if let Some(of_item) = &node.items {
                for item in items {
                    fill_element(item, of_item);
                }
            }
        }
        _ => {}
    }
}

fn fill_element(value: &mut Value, node: &Node) {
    if value.is_null() && !node.nullable {
        *value = node.default.clone().unwrap_or_default();
    }
    fill(value, node);
}
