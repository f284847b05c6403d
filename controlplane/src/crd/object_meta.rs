//! `metadata`: read as Go reads `ObjectMeta`, and checked as the server checks it.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema/objectmeta`, apimachinery `pkg/api/validation/objectmeta.go`.

mod checks;
mod decoding;
mod times;

pub(crate) use checks::{NameRule, check, check_update, finalizer_warnings};
pub(crate) use decoding::decode;
pub(crate) use times::read as read_time;

use serde_json::Value;

use super::{
    names,
    path::Path,
    structural::{Node, Type},
};
use crate::{FieldError, FieldReason};

/// Reads the metadata of all embedded resources; the paths of fields that nobody knows, in order.
pub(crate) fn coerce(
    object: &mut Value,
    node: &Node,
    path: &Path<'_>,
) -> Result<Vec<String>, FieldError> {
    let mut unknown = Vec::new();
    coerce_value(object, node, path, &mut unknown)?;
    unknown.sort();
    Ok(unknown)
}

fn coerce_value(
    value: &mut Value,
    node: &Node,
    path: &Path<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), FieldError> {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if node.embedded {
                    coerce_meta(name, field, path, unknown)?;
                }
                if let Some(property) = node.properties.get(name) {
                    coerce_value(field, property, &path.field(name), unknown)?;
                } else if let Some(values) = node.additional.schema() {
                    coerce_value(field, values, &path.key(name), unknown)?;
                }
            }
        }
        Value::Array(items) => {
            if let Some(of_item) = &node.items {
                for (index, item) in items.iter_mut().enumerate() {
                    coerce_value(item, of_item, &path.index(index), unknown)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn coerce_meta(
    name: &str,
    field: &mut Value,
    path: &Path<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), FieldError> {
    let place = path.field(name);
    match name {
        "apiVersion" | "kind" if !field.is_string() => Err(FieldError::new(
            FieldReason::Invalid,
            place.text(),
            field.clone(),
            "must be a string",
        )),
        "metadata" => match decode(field) {
            Ok(decoded) => {
                let prefix = place.text();
                unknown.extend(
                    decoded
                        .unknown
                        .iter()
                        .map(|name| format!("{prefix}.{name}")),
                );
                *field = decoded.metadata;
                Ok(())
            }
            Err(why) => Err(FieldError::new(
                FieldReason::Invalid,
                place.text(),
                field.clone(),
                why,
            )),
        },
        _ => Ok(()),
    }
}

/// What is wrong with embedded resources: their kind, version and metadata.
pub(crate) fn check_embedded(object: &Value, node: &Node, path: &Path<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if occur_in(node) {
        check_value(object, node, path, &mut errors);
    }
    errors
}

/// Whether there are embedded resources in a schema at all.
pub(crate) fn occur_in(node: &Node) -> bool {
    node.embedded || node.children().any(occur_in)
}

fn check_value(value: &Value, node: &Node, path: &Path<'_>, errors: &mut Vec<FieldError>) {
    match value {
        Value::Object(fields) => {
            if node.embedded {
                check_resource(fields, path, errors);
            }
            for (name, field) in fields {
                if let Some(property) = node.properties.get(name) {
                    check_value(field, property, &path.field(name), errors);
                } else if let Some(values) = node.additional.schema() {
                    check_value(field, values, &path.key(name), errors);
                }
            }
        }
        Value::Array(items) => {
            if let Some(of_item) = &node.items {
                for (index, item) in items.iter().enumerate() {
                    check_value(item, of_item, &path.index(index), errors);
                }
            }
        }
        _ => {}
    }
}

fn check_resource(
    fields: &serde_json::Map<String, Value>,
    path: &Path<'_>,
    errors: &mut Vec<FieldError>,
) {
    for needed in ["apiVersion", "kind"] {
        if !fields.contains_key(needed) {
            let field = path.field(needed).text();
            errors.push(FieldError::new(FieldReason::Required, field, "", ""));
        }
    }
    let mut invalid = |name: &str, value: &Value, why: &str| {
        let field = path.field(name).text();
        errors.push(FieldError::new(
            FieldReason::Invalid,
            field,
            value.clone(),
            why,
        ));
    };
    for name in ["apiVersion", "kind"] {
        let Some(value) = fields.get(name) else {
            continue;
        };
        match value.as_str() {
            None => invalid(name, value, "must be a string"),
            Some("") => invalid(name, value, "must not be empty"),
            Some(text) => {
                if let Some(why) = wrong_type_meta(name, text) {
                    invalid(name, value, &why);
                }
            }
        }
    }
    if let Some(Ok(mut decoded)) = fields.get("metadata").map(decode) {
        if decoded.metadata.get("name").is_none() {
            // A resource in another needs no name.
            decoded.metadata["name"] = "fakename".into();
        }
        let namespaced = decoded.metadata.get("namespace").is_some();
        let place = path.field("metadata");
        errors.extend(check(
            &decoded.metadata,
            namespaced,
            NameRule::PathSegment,
            &place,
        ));
    }
}

fn wrong_type_meta(name: &str, text: &str) -> Option<String> {
    if name == "apiVersion" {
        return (text.matches('/').count() > 1)
            .then(|| format!("unexpected GroupVersion string: {text}"));
    }
    let errors = names::dns1035(&text.to_lowercase());
    (!errors.is_empty()).then(|| {
        let errors = errors.join(",");
        format!("may have mixed case, but should otherwise match: {errors}")
    })
}

/// The schema with what each resource has: CEL sees it too.
pub(crate) fn with_meta(mut node: Node) -> Node {
    let text = || Node {
        kind: Some(Type::String),
        ..Node::default()
    };
    for name in ["apiVersion", "kind"] {
        node.properties.insert(name.into(), text());
    }
    let mut metadata = Node {
        kind: Some(Type::Object),
        ..Node::default()
    };
    for name in ["name", "generateName"] {
        metadata.properties.insert(name.into(), text());
    }
    node.properties.insert("metadata".into(), metadata);
    node
}
