//! A schema as Kubernetes takes it: what schemars' and kube's transforms make of one, in their order.
//!
//! schemars' are those of `SchemaSettings::openapi3()`; kube's are `StructuralSchemaRewriter`, `OptionalEnum` and
//! `OptionalIntOrString` of `kube::core::schema`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Parts of a schema say things that no structural schema can say at once. kube panics there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Conflict(pub(super) String);

/// Makes the schema structural.
pub(super) fn make(schema: &mut Value) -> Result<(), Conflict> {
    simplify(schema);
    restructure(schema)?;
    optional_enums(schema);
    optional_int_or_strings(schema);
    Ok(())
}

/// Calls `f` for each schema that is directly in this one.
fn each(schema: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    let Value::Object(map) = schema else {
        return;
    };
    for (key, value) in map {
        match key.as_str() {
            "not"
            | "if"
            | "then"
            | "else"
            | "contains"
            | "additionalProperties"
            | "propertyNames"
            | "additionalItems" => f(value),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                value.as_array_mut().into_iter().flatten().for_each(&mut *f);
            }
            "items" => match value {
                Value::Array(items) => items.iter_mut().for_each(&mut *f),
                item => f(item),
            },
            "properties" | "patternProperties" | "$defs" | "definitions" => {
                if let Value::Object(map) = value {
                    map.values_mut().for_each(&mut *f);
                }
            }
            _ => {}
        }
    }
}

/// Takes out what OpenAPI v3 does not have.
fn simplify(schema: &mut Value) {
    unevaluated(schema);
    no_booleans(schema);
    nullable(schema);
    last_words(schema);
}

/// `unevaluatedProperties` becomes `additionalProperties`, which must know the properties of the parts.
fn unevaluated(schema: &mut Value) {
    each(schema, &mut unevaluated);
    let Value::Object(map) = schema else {
        return;
    };
    let Some(unevaluated) = map.remove("unevaluatedProperties") else {
        return;
    };
    map.insert("additionalProperties".to_owned(), unevaluated);
    let mut names = BTreeSet::new();
    gather_names(map, &mut names);
    if names.is_empty() {
        return;
    }
    let properties = map.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        for name in names {
            properties.entry(name).or_insert(Value::Bool(true));
        }
    }
}

fn gather_names(map: &Map<String, Value>, names: &mut BTreeSet<String>) {
    let properties = map.get("properties").and_then(Value::as_object);
    names.extend(properties.into_iter().flat_map(Map::keys).cloned());
    for key in ["if", "then", "else"] {
        if let Some(Value::Object(part)) = map.get(key) {
            gather_names(part, names);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let parts = map.get(key).and_then(Value::as_array);
        for part in parts.into_iter().flatten().filter_map(Value::as_object) {
            gather_names(part, names);
        }
    }
}

/// `true` is the schema without a word, `false` the one that is not that; but `additionalProperties` may be either.
fn no_booleans(schema: &mut Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({"not": {}}),
        Value::Object(map) => {
            let kept = map.remove("additionalProperties");
            each(schema, &mut no_booleans);
            if let (Value::Object(map), Some(kept)) = (schema, kept) {
                map.insert("additionalProperties".to_owned(), kept);
            }
        }
        _ => {}
    }
}

/// The type `null` becomes the word `nullable`.
fn nullable(schema: &mut Value) {
    if let Value::Object(map) = schema
        && super::outside::has_type_in(map, "null")
    {
        map.insert("nullable".to_owned(), true.into());
        match map.get_mut("type") {
            Some(Value::Array(types)) if types.iter().any(|one| one != "null") => {
                types.retain(|one| one != "null");
                if types.len() == 1 {
                    let only = types.remove(0);
                    map.insert("type".to_owned(), only);
                }
            }
            _ => {
                map.remove("type");
                map.insert("const".to_owned(), Value::Null);
            }
        }
    }
    each(schema, &mut nullable);
}

/// One example, no `const`, no `prefixItems`.
fn last_words(schema: &mut Value) {
    each(schema, &mut last_words);
    let Value::Object(map) = schema else {
        return;
    };
    if let Some(Value::Array(examples)) = map.remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        map.insert("example".to_owned(), first);
    }
    if let Some(only) = map.remove("const") {
        map.insert("enum".to_owned(), json!([only]));
    }
    if let Some(items) = map.remove("prefixItems")
        && let Some(more) = map.insert("items".to_owned(), items)
    {
        map.insert("additionalItems".to_owned(), more);
    }
}

/// Properties and words of the alternatives are said of the whole.
fn restructure(schema: &mut Value) -> Result<(), Conflict> {
    let mut result = Ok(());
    each(schema, &mut |inner| {
        if result.is_ok() {
            result = restructure(inner);
        }
    });
    result?;
    let Value::Object(map) = schema else {
        return Ok(());
    };
    if let Some(Value::Array(mut one_of)) = map.remove("oneOf") {
        hoist_properties(map, &mut one_of, true)?;
        hoist_words(map, &mut one_of)?;
        if !one_of.is_empty() {
            map.insert("oneOf".to_owned(), one_of.into());
        }
    }
    if let Some(Value::Array(mut any_of)) = map.remove("anyOf") {
        hoist_properties(map, &mut any_of, false)?;
        map.insert("anyOf".to_owned(), any_of.into());
    }
    settle_required(map);
    let has_properties = map
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|it| !it.is_empty());
    match map.get("additionalProperties") {
        Some(Value::Bool(true)) if has_properties => {
            map.remove("additionalProperties");
            map.insert(
                "x-kubernetes-preserve-unknown-fields".to_owned(),
                true.into(),
            );
        }
        Some(Value::Bool(false)) if has_properties => {
            map.remove("additionalProperties");
        }
        _ => {}
    }
    map.remove("uniqueItems");
    Ok(())
}

/// `required` is a set, and not there when it is empty; the same goes for properties.
fn settle_required(map: &mut Map<String, Value>) {
    if let Some(Value::Array(required)) = map.get_mut("required") {
        let sorted: BTreeSet<String> = required
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if sorted.is_empty() {
            map.remove("required");
        } else {
            map.insert("required".to_owned(), sorted.into_iter().collect());
        }
    }
    for key in ["properties", "patternProperties"] {
        if map
            .get(key)
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
        {
            map.remove(key);
        }
    }
}

const OF_OBJECTS: &[&str] = &[
    "maxProperties",
    "minProperties",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
];
const OF_ARRAYS: &[&str] = &[
    "items",
    "additionalItems",
    "maxItems",
    "minItems",
    "uniqueItems",
    "contains",
];

fn hoist_properties(
    whole: &mut Map<String, Value>,
    alternatives: &mut [Value],
    with_descriptions: bool,
) -> Result<(), Conflict> {
    for alternative in alternatives {
        let Value::Object(part) = alternative else {
            continue;
        };
        let has = |keys: &[&str]| keys.iter().any(|key| part.contains_key(*key));
        if has(OF_OBJECTS) {
            hoist_from(whole, part, with_descriptions)?;
        } else if !has(OF_ARRAYS) && !has(&["enum", "anyOf", "oneOf"]) {
            part.remove("type");
            part.remove("description");
            part.remove("default");
        }
    }
    Ok(())
}

fn hoist_from(
    whole: &mut Map<String, Value>,
    part: &mut Map<String, Value>,
    with_descriptions: bool,
) -> Result<(), Conflict> {
    let description = part.remove("description");
    let mut properties = match part.remove("properties") {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    if let Some(description) = description
        && with_descriptions
        && properties.len() == 1
        && let Some(Value::Object(only)) = properties.values_mut().next()
    {
        only.insert("description".to_owned(), description);
    }
    if !properties.is_empty() {
        let common = whole.entry("properties").or_insert_with(|| json!({}));
        if let Value::Object(common) = common {
            for (name, property) in properties {
                match common.get(&name) {
                    Some(there) if *there != property => {
                        let why = "alternatives of an enum give it different schemas, and a CRD has one for each property";
                        return Err(Conflict(format!("the property `{name}`: {why}")));
                    }
                    Some(_) => {}
                    None => {
                        common.insert(name, property);
                    }
                }
            }
        }
    }
    part.remove("additionalProperties");
    if let Some(kind) = part.remove("type") {
        take_type(whole, kind)?;
    }
    Ok(())
}

fn take_type(whole: &mut Map<String, Value>, kind: Value) -> Result<(), Conflict> {
    match whole.get("type") {
        Some(there) if *there != kind => Err(Conflict(format!(
            "alternatives of an enum are of the types {there} and {kind}, and a CRD has one for each field"
        ))),
        _ => {
            whole.insert("type".to_owned(), kind);
            Ok(())
        }
    }
}

fn hoist_words(
    whole: &mut Map<String, Value>,
    alternatives: &mut Vec<Value>,
) -> Result<(), Conflict> {
    let mut left = Vec::new();
    for mut alternative in alternatives.drain(..) {
        let words = match &mut alternative {
            Value::Object(part) => match part.get_mut("enum") {
                Some(Value::Array(words)) => Some((std::mem::take(words), part.remove("type"))),
                _ => None,
            },
            _ => None,
        };
        let Some((words, kind)) = words else {
            left.push(alternative);
            continue;
        };
        if let Some(kind) = kind {
            take_type(whole, kind)?;
        }
        let common = whole.entry("enum").or_insert_with(|| json!([]));
        if let Value::Array(common) = common {
            common.extend(words);
        }
    }
    *alternatives = left;
    Ok(())
}

/// `anyOf` of a schema and of nothing is the schema, nullable.
fn optional_enums(schema: &mut Value) {
    each(schema, &mut optional_enums);
    let Value::Object(map) = schema else {
        return;
    };
    let is_optional = match map
        .get("anyOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        Some([Value::Object(first), Value::Object(second)]) => {
            !first.contains_key("nullable")
                && second.get("enum") == Some(&json!([null]))
                && second.get("nullable") == Some(&json!(true))
        }
        _ => false,
    };
    if !is_optional {
        return;
    }
    if let Some(Value::Array(any)) = map.remove("anyOf")
        && let Some(Value::Object(first)) = any.into_iter().next()
    {
        map.extend(first);
        map.insert("nullable".to_owned(), true.into());
    }
}

/// A number or text that may be left out may be null.
fn optional_int_or_strings(schema: &mut Value) {
    each(schema, &mut optional_int_or_strings);
    let Value::Object(map) = schema else {
        return;
    };
    let required: BTreeSet<String> = match map.get("required") {
        Some(Value::Array(required)) => required
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => BTreeSet::new(),
    };
    let Some(Value::Object(properties)) = map.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if let Value::Object(property) = property
            && !required.contains(name)
            && property.get("x-kubernetes-int-or-string") == Some(&json!(true))
            && !property.contains_key("nullable")
        {
            property.insert("nullable".to_owned(), true.into());
        }
    }
}
