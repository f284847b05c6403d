//! Whether a schema is structural.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema` (`validation.go`, `complete.go`, `convert.go`).

use serde_json::{Map, Value, json};

use super::{fields, for_each_below, is_empty, list, text};
use crate::{FieldError, FieldReason, crd::path::Path, re2};

/// Why a schema can't be read as a structural one at all.
pub(super) fn unsupported(schema: &Value) -> Option<String> {
    let has = |key: &str| match schema.get(key) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(_) => true,
    };
    for (key, name) in [
        ("id", "id"),
        ("$schema", "schema"),
        ("$ref", "$ref"),
        ("patternProperties", "patternProperties"),
        ("dependencies", "dependencies"),
        ("additionalItems", "additionalItems"),
        ("definitions", "definitions"),
    ] {
        if has(key) {
            return Some(format!("OpenAPIV3Schema '{name}' is not supported"));
        }
    }
    if !list(&schema["items"]).is_empty() {
        return Some("OpenAPIV3Schema 'items' must be a schema, but is an array".into());
    }
    if schema["x-kubernetes-preserve-unknown-fields"] == false {
        return Some(
            "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined"
                .into(),
        );
    }
    let mut why = None;
    for_each_below(schema, &mut |below| {
        if why.is_none() {
            why = unsupported(below);
        }
    });
    why
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// What keeps a schema from being structural, sorted.
pub(super) fn check(schema: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Errors(Vec::new());
    errors.schema(schema, Level::Root, &Path::Text(path));
    errors.complete(schema, Some(schema), path, path);
    errors.0.sort_by_key(ToString::to_string);
    errors.0
}

struct Errors(Vec<FieldError>);

fn flag(schema: &Value, key: &str) -> bool {
    schema[key] == true
}

fn has(schema: &Value, key: &str) -> bool {
    schema.get(key).is_some_and(|value| !value.is_null())
}

impl Errors {
    fn required(&mut self, path: String, detail: impl Into<String>) {
        self.0
            .push(FieldError::new(FieldReason::Required, path, "", detail));
    }

    fn forbidden(&mut self, path: String, detail: &str) {
        self.0
            .push(FieldError::new(FieldReason::Forbidden, path, "", detail));
    }

    fn invalid(&mut self, path: String, value: impl Into<Value>, detail: impl Into<String>) {
        self.0
            .push(FieldError::new(FieldReason::Invalid, path, value, detail));
    }

    fn schema(&mut self, schema: &Value, level: Level, path: &Path<'_>) {
        let kind = text(&schema["type"]);
        if kind == "array" && !schema["items"].is_object() {
            self.required(format!("{path}.items"), "must be specified");
        }
        if schema["items"].is_object() {
            self.schema(&schema["items"], Level::Item, &path.field("items"));
        }
        let properties = path.field("properties");
        for (name, property) in fields(&schema["properties"]) {
            self.schema(property, Level::Field, &properties.key(name));
        }
        if has(schema, "additionalProperties") {
            if level == Level::Root {
                self.forbidden(
                    format!("{path}.additionalProperties"),
                    "must not be used at the root",
                );
            }
            if schema["additionalProperties"].is_object() {
                let path = path.field("additionalProperties");
                self.schema(&schema["additionalProperties"], Level::Field, &path);
            }
        }
        self.extensions(schema, path);
        self.values(
            schema,
            is_int_or_string(schema),
            is_int_or_string(&schema["allOf"][0]),
            path,
        );
        self.type_of(schema, kind, level, path);
        self.meta(schema, level, path);
    }

    fn extensions(&mut self, schema: &Value, path: &Path<'_>) {
        if !flag(schema, "x-kubernetes-int-or-string") {
            return;
        }
        for key in [
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
        ] {
            if flag(schema, key) {
                let detail = "must be false if x-kubernetes-int-or-string is true";
                self.invalid(format!("{path}.{key}"), true, detail);
            }
        }
    }

    fn type_of(&mut self, schema: &Value, kind: &str, level: Level, path: &Path<'_>) {
        let place = || format!("{path}.type");
        let embedded = flag(schema, "x-kubernetes-embedded-resource");
        let kept = flag(schema, "x-kubernetes-preserve-unknown-fields");
        if embedded && kind != "object" {
            let detail = "must be object if x-kubernetes-embedded-resource is true";
            if kind.is_empty() {
                self.required(place(), detail);
            } else {
                self.invalid(place(), kind, detail);
            }
        } else if kind.is_empty() && !flag(schema, "x-kubernetes-int-or-string") && !kept {
            let detail = match level {
                Level::Root => "must not be empty at the root",
                Level::Item => "must not be empty for specified array items",
                Level::Field => "must not be empty for specified object fields",
            };
            self.required(place(), detail);
        }
        if embedded && has(schema, "additionalProperties") {
            let detail = "must not be used if x-kubernetes-embedded-resource is set";
            self.forbidden(format!("{path}.additionalProperties"), detail);
        }
        if level == Level::Root && !kind.is_empty() && kind != "object" {
            self.invalid(place(), kind, "must be object at the root");
        }
        if embedded && !kept && fields(&schema["properties"]).next().is_none() {
            let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
                          x-kubernetes-preserve-unknown-fields";
            self.required(format!("{path}.properties"), detail);
        }
    }

    /// What each resource has is known already.
    fn meta(&mut self, schema: &Value, level: Level, path: &Path<'_>) {
        let checked = level == Level::Root || flag(schema, "x-kubernetes-embedded-resource");
        let properties = &schema["properties"];
        for (name, wanted) in [
            ("kind", "string"),
            ("apiVersion", "string"),
            ("metadata", "object"),
        ] {
            let Some(property) = properties.get(name).filter(|_| checked) else {
                continue;
            };
            if property["type"] != wanted {
                let path = format!("{path}.properties[{name}].type");
                self.invalid(path, text(&property["type"]), format!("must be {wanted}"));
            }
        }
        if let (Level::Root, Some(metadata)) =
            (level, properties.get("metadata").and_then(Value::as_object))
            && !only_names(metadata)
        {
            let detail = "must not specify anything other than name and generateName, but metadata is implicitly \
                              specified";
            self.forbidden(format!("{path}.properties[metadata]"), detail);
        }
    }

    fn values(&mut self, schema: &Value, skip_any_of: bool, skip_in_first: bool, path: &Path<'_>) {
        for (key, skipped) in [("anyOf", skip_any_of), ("allOf", false), ("oneOf", false)] {
            for (index, nested) in list(&schema[key]).iter().enumerate().filter(|_| !skipped) {
                let skip = key == "allOf" && index == 0 && skip_in_first;
                self.nested(nested, skip, &path.field(key).index(index));
            }
        }
        if schema["not"].is_object() {
            self.nested(&schema["not"], false, &path.field("not"));
        }
        let pattern = text(&schema["pattern"]);
        if !pattern.is_empty()
            && let Err(why) = re2::check(pattern)
        {
            let detail = format!("must be a valid regular expression, but isn't: {why}");
            self.invalid(format!("{path}.pattern"), pattern, detail);
        }
    }

    /// In `anyOf` and its like, only values may be spoken of.
    fn nested(&mut self, schema: &Value, skip_any_of: bool, path: &Path<'_>) {
        self.values(schema, skip_any_of, false, path);
        if schema["items"].is_object() {
            self.nested(&schema["items"], false, &path.field("items"));
        }
        let properties = path.field("properties");
        for (name, property) in fields(&schema["properties"]) {
            self.nested(property, false, &properties.key(name));
        }
        let mut forbid = |key: &str, given: bool, what: &str| {
            if given {
                self.forbidden(
                    format!("{path}.{key}"),
                    &format!("must be {what} to be structural"),
                );
            }
        };
        forbid("type", !is_empty(&schema["type"]), "empty");
        let additional = &schema["additionalProperties"];
        forbid(
            "additionalProperties",
            additional.is_object() || *additional == true,
            "undefined",
        );
        forbid("default", has(schema, "default"), "undefined");
        for key in ["title", "description"] {
            forbid(key, !is_empty(&schema[key]), "empty");
        }
        for key in [
            "nullable",
            "x-kubernetes-preserve-unknown-fields",
            "x-kubernetes-embedded-resource",
            "x-kubernetes-int-or-string",
        ] {
            forbid(key, flag(schema, key), "false");
        }
        let lists = |key: &str| !list(&schema[key]).is_empty();
        forbid(
            "x-kubernetes-list-map-keys",
            lists("x-kubernetes-list-map-keys"),
            "empty",
        );
        for key in ["x-kubernetes-list-type", "x-kubernetes-map-type"] {
            forbid(key, has(schema, key), "undefined");
        }
        forbid(
            "x-kubernetes-validations",
            lists("x-kubernetes-validations"),
            "empty",
        );
        if schema["properties"].get("metadata").is_some() {
            let detail = "must not be specified in a nested context";
            self.forbidden(format!("{path}.properties[metadata]"), detail);
        }
    }

    /// What is spoken of at the root in `anyOf` and its like must be specified beside it too.
    fn complete(&mut self, values: &Value, schema: Option<&Value>, path: &str, from: &str) {
        let mut nested = Vec::new();
        if values["not"].is_object() {
            nested.push((&values["not"], format!("{from}.not")));
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            let all = list(&values[key]).iter().enumerate();
            nested.extend(all.map(|(index, value)| (value, format!("{from}.{key}[{index}]"))));
        }
        for (value, from) in nested {
            self.complete_nested(value, schema, path, &from);
        }
    }

    fn complete_nested(&mut self, values: &Value, schema: Option<&Value>, path: &str, from: &str) {
        let Some(schema) = schema else {
            return self.required(path.to_owned(), format!("because it is defined in {from}"));
        };
        self.complete(values, Some(schema), path, from);
        if values["items"].is_object() {
            let items = Some(&schema["items"]).filter(|items| items.is_object());
            let (path, from) = (format!("{path}.items"), format!("{from}.items"));
            self.complete_nested(&values["items"], items, &path, &from);
        }
        for (name, value) in fields(&values["properties"]) {
            let (path, from) = (
                format!("{path}.properties[{name}]"),
                format!("{from}.properties[{name}]"),
            );
            self.complete_nested(value, schema["properties"].get(name), &path, &from);
        }
    }
}

fn is_int_or_string(schema: &Value) -> bool {
    let any_of = schema.get("anyOf");
    any_of.is_some_and(|any_of| *any_of == json!([{"type": "integer"}, {"type": "string"}]))
}

/// Whether a schema of metadata says nothing but what the name may be.
fn only_names(metadata: &Map<String, Value>) -> bool {
    let names = metadata.get("properties").and_then(Value::as_object);
    let right = names.is_none_or(|names| {
        names
            .keys()
            .all(|name| matches!(name.as_str(), "name" | "generateName"))
    });
    let says_nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    let known = |key: &str| matches!(key, "type" | "default" | "properties");
    right
        && metadata
            .iter()
            .all(|(key, value)| known(key) || says_nothing(value))
}
