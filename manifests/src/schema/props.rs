//! A schema with nothing but what the type `JSONSchemaProps` of Kubernetes has, as it comes out of that.

use myop_model::RULE_KEYS;
use serde_json::{Map, Number, Value};

use super::places::MARKS;
use super::structural::Conflict;

/// Drops what a CRD has no field for, and gives the rest its types.
pub(super) fn settle(schema: &mut Value) -> Result<(), Conflict> {
    let Value::Object(map) = schema else {
        return Err(Conflict(
            "a CRD has no schema that is only true or false".to_owned(),
        ));
    };
    let mut out = Map::new();
    for (key, mut value) in std::mem::take(map) {
        if value.is_null() {
            continue;
        }
        match key.as_str() {
            "$ref"
            | "$schema"
            | "default"
            | "description"
            | "enum"
            | "example"
            | "exclusiveMaximum"
            | "exclusiveMinimum"
            | "externalDocs"
            | "format"
            | "id"
            | "maxItems"
            | "maxLength"
            | "maxProperties"
            | "minItems"
            | "minLength"
            | "minProperties"
            | "nullable"
            | "pattern"
            | "required"
            | "title"
            | "uniqueItems"
            | "x-kubernetes-embedded-resource"
            | "x-kubernetes-int-or-string"
            | "x-kubernetes-list-map-keys"
            | "x-kubernetes-list-type"
            | "x-kubernetes-map-type"
            | "x-kubernetes-preserve-unknown-fields"
            | MARKS => {}
            "type" => {
                if !value.is_string() {
                    return Err(Conflict(format!(
                        "a field of a CRD has one type, and here are {value}"
                    )));
                }
            }
            "maximum" | "minimum" | "multipleOf" => value = float(&value),
            "allOf" | "anyOf" | "oneOf" => settle_all(&mut value)?,
            "not" => settle(&mut value)?,
            "items" => match &value {
                Value::Array(_) => settle_all(&mut value)?,
                _ => settle(&mut value)?,
            },
            "additionalItems" | "additionalProperties" => {
                if !value.is_boolean() {
                    settle(&mut value)?;
                }
            }
            "definitions" | "patternProperties" | "properties" => {
                for inner in value.as_object_mut().into_iter().flat_map(Map::values_mut) {
                    settle(inner)?;
                }
            }
            "x-kubernetes-validations" => settle_rules(&mut value),
            _ => continue,
        }
        out.insert(key, value);
    }
    *map = out;
    Ok(())
}

fn settle_all(list: &mut Value) -> Result<(), Conflict> {
    for inner in list.as_array_mut().into_iter().flatten() {
        settle(inner)?;
    }
    Ok(())
}

fn settle_rules(rules: &mut Value) {
    for rule in rules.as_array_mut().into_iter().flatten() {
        if let Value::Object(rule) = rule {
            rule.retain(|key, value| RULE_KEYS.contains(&key.as_str()) && !value.is_null());
        }
    }
}

/// Limits of numbers are floats.
fn float(value: &Value) -> Value {
    let float = value.as_f64().and_then(Number::from_f64);
    float.map_or_else(|| value.clone(), Value::Number)
}
