//! What `#[serde(flatten)]` makes of two schemas.

use serde_json::{Map, Value, json};

use super::outside::is_composed;

/// The schema of a field's type, for its properties to be laid beside others.
pub(super) fn prepare(mut schema: Value, is_optional: bool) -> Value {
    let Value::Object(map) = &mut schema else {
        allow_unknown(&mut schema);
        return schema;
    };
    if let Some(words) = take_unit_variants(map) {
        let alternatives = map.entry("oneOf").or_insert_with(|| json!([]));
        if let Value::Array(alternatives) = alternatives {
            let words = words.iter().filter_map(Value::as_str);
            alternatives.extend(words.map(|word| {
                json!({"type": "object", "properties": { word: {"type": "null"} }, "required": [word]})
            }));
        }
    }
    if is_optional {
        map.remove("required");
        if let Some(one_of) = map.remove("oneOf") {
            merge(&mut schema, json!({"anyOf": [{"oneOf": one_of}, {}]}));
        }
        if let Some(Value::Array(any)) = schema.get_mut("anyOf")
            && !any.contains(&json!({}))
        {
            any.push(json!({}));
        }
    }
    allow_unknown(&mut schema);
    schema
}

/// Variants without content are words elsewhere, but keys where they are flattened.
fn take_unit_variants(map: &mut Map<String, Value>) -> Option<Vec<Value>> {
    let is_text = |map: &Map<String, Value>| map.get("type").is_some_and(|it| it == "string");
    if is_text(map)
        && let Some(Value::Array(words)) = map.remove("enum")
    {
        map.remove("type");
        return Some(words);
    }
    let alternatives = map.get_mut("oneOf")?.as_array_mut()?;
    let first = alternatives.first_mut()?.as_object_mut()?;
    if is_text(first)
        && let Some(Value::Array(words)) = first.remove("enum")
    {
        alternatives.remove(0);
        return Some(words);
    }
    None
}

/// The struct around it says whether there may be other fields.
pub(super) fn allow_unknown(schema: &mut Value) -> bool {
    let Value::Object(map) = schema else {
        return false;
    };
    let mut changed = false;
    for key in ["additionalProperties", "unevaluatedProperties"] {
        if map.get(key) == Some(&Value::Bool(false)) {
            map.remove(key);
            changed = true;
        }
    }
    allow_unknown_below(schema) || changed
}

/// The same, for the schemas that this one is composed of.
pub(super) fn allow_unknown_below(schema: &mut Value) -> bool {
    let Value::Object(map) = schema else {
        return false;
    };
    let mut changed = false;
    for (key, value) in map {
        match key.as_str() {
            "if" | "then" | "else" => changed |= allow_unknown(value),
            "allOf" | "anyOf" | "oneOf" => {
                for one in value.as_array_mut().into_iter().flatten() {
                    changed |= allow_unknown(one);
                }
            }
            _ => {}
        }
    }
    changed
}

/// Lays one schema's keywords beside those of another.
pub(super) fn merge(schema: &mut Value, other: Value) {
    match other {
        Value::Bool(true) => {
            if let Value::Object(map) = schema
                && !map.contains_key("additionalProperties")
                && !map.contains_key("unevaluatedProperties")
            {
                let key = if is_composed(map) {
                    "unevaluatedProperties"
                } else {
                    "additionalProperties"
                };
                map.insert(key.to_owned(), true.into());
            }
        }
        Value::Object(mut other) => {
            if !schema.is_object() {
                *schema = as_object(schema);
            }
            let Value::Object(map) = schema else {
                return;
            };
            leave_to_the_whole(map, &other);
            leave_to_the_whole(&mut other, map);
            for (key, value) in other {
                merge_keyword(map, key, value);
            }
        }
        _ => {}
    }
}

fn as_object(schema: &Value) -> Value {
    match schema {
        Value::Bool(false) => json!({"not": {}}),
        _ => json!({}),
    }
}

fn merge_keyword(map: &mut Map<String, Value>, key: String, value: Value) {
    let Some(there) = map.get_mut(&key) else {
        map.insert(key, value);
        return;
    };
    match (key.as_str(), there, value) {
        ("required" | "allOf", Value::Array(there), Value::Array(more)) => there.extend(more),
        ("properties" | "patternProperties", Value::Object(there), Value::Object(more)) => {
            there.extend(more);
        }
        ("oneOf" | "anyOf", _, value) => {
            if let Some(there) = map.remove(&key) {
                let both = json!([{ &key: there }, { &key: value }]);
                merge_keyword(map, "allOf".to_owned(), both);
            }
        }
        _ => {}
    }
}

/// What other fields there may be is said of the whole, where that has parts.
fn leave_to_the_whole(map: &mut Map<String, Value>, other: &Map<String, Value>) {
    if map.contains_key("additionalProperties")
        && (other.contains_key("unevaluatedProperties") || is_composed(other))
        && let Some(said) = map.remove("additionalProperties")
    {
        map.insert("unevaluatedProperties".to_owned(), said);
    }
}
