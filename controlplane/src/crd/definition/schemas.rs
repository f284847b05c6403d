//! What is wrong with the schema of a version.
//!
//! Source: apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`
//! (`validateCustomResourceDefinitionValidation`, `ValidateCustomResourceDefinitionOpenAPISchema`).

mod rules;

use serde_json::Value;

use super::{
    costs::{self, Costs},
    defaults, fields, is_empty, list, shown,
    spec::supported,
    structure, text,
};
use crate::{
    FieldError, FieldReason,
    crd::{path::Path, structural::Node},
};

const AT_ROOT: [&str; 22] = [
    "Description",
    "Type",
    "Format",
    "Title",
    "Maximum",
    "ExclusiveMaximum",
    "Minimum",
    "ExclusiveMinimum",
    "MaxLength",
    "MinLength",
    "Pattern",
    "MaxItems",
    "MinItems",
    "UniqueItems",
    "MultipleOf",
    "Required",
    "Items",
    "Properties",
    "ExternalDocs",
    "Example",
    "XPreserveUnknownFields",
    "XValidations",
];

/// `validation` is the `schema` of a version, `path` where errors say that it is.
pub(super) fn check(
    validation: &Value,
    has_status: bool,
    path: &str,
    errors: &mut Vec<FieldError>,
) {
    let schema = &validation["openAPIV3Schema"];
    if schema.is_null() {
        return;
    }
    let path = format!("{path}.openAPIV3Schema");
    let mut found = Found::default();
    if has_status {
        check_root(schema, &path, &mut found);
    }
    if schema["nullable"] == true {
        found.forbidden(
            format!("{path}.nullable"),
            "nullable cannot be true at the root",
        );
    }
    let unsupported = structure::unsupported(schema);
    let mut rules = false;
    if unsupported.is_none() {
        let mut structural = structure::check(schema, &path);
        if structural.is_empty() {
            structural = defaults::check(&Node::read(schema), &path);
        }
        rules = structural.is_empty();
        found.schema.extend(structural);
    }
    let context = Context {
        rules,
        is_root: true,
        cardinality: Some(1),
        ..Context::default()
    };
    let below = check_schema(schema, &Path::Text(&path), &context);
    found.schema.extend(below.schema);
    found.schema.extend(below.rules);
    found.schema.extend(below.costs.errors(&path));
    if let (true, Some(why)) = (found.schema.is_empty(), unsupported) {
        found
            .schema
            .push(FieldError::new(FieldReason::Invalid, path, "", why));
    }
    errors.extend(found.schema);
}

/// The status is validated by `properties.status` alone: nothing at the root may say anything of it.
fn check_root(schema: &Value, path: &str, found: &mut Found) {
    for field in shown::fields_of(schema) {
        if field == "Type" {
            if schema["type"] != "object" {
                let detail = "only \"object\" is allowed as the type at the root of the schema if the status \
                              subresource is enabled";
                found.invalid(format!("{path}.type"), schema["type"].clone(), detail);
                return;
            }
        } else if !AT_ROOT.contains(&field) {
            let detail = format!(
                "only [{}] fields are allowed at the root of the schema if the status subresource is enabled",
                AT_ROOT.join(" ")
            );
            let error = FieldError::new(FieldReason::Invalid, path, "", detail);
            found.schema.push(error.showing(shown::props(schema)));
            return;
        }
    }
}

/// Errors of schemas, and those of rules, which come after them.
#[derive(Default)]
struct Found {
    schema: Vec<FieldError>,
    rules: Vec<FieldError>,
    costs: Costs,
}

impl Found {
    fn forbidden(&mut self, path: String, detail: impl Into<String>) {
        self.schema
            .push(FieldError::new(FieldReason::Forbidden, path, "", detail));
    }

    fn required(&mut self, path: String, detail: impl Into<String>) {
        self.schema
            .push(FieldError::new(FieldReason::Required, path, "", detail));
    }

    fn invalid(&mut self, path: String, value: impl Into<Value>, detail: impl Into<String>) {
        self.schema
            .push(FieldError::new(FieldReason::Invalid, path, value, detail));
    }

    fn unsupported(&mut self, path: String, value: &Value, choices: &[&str]) {
        let detail = supported(choices);
        self.schema.push(FieldError::new(
            FieldReason::NotSupported,
            path,
            value.clone(),
            detail,
        ));
    }

    fn join(&mut self, other: Self) {
        self.schema.extend(other.schema);
        self.rules.extend(other.rules);
        self.costs.join(other.costs);
    }
}

/// Where in a schema a schema is.
#[derive(Clone, Default)]
struct Context {
    is_root: bool,
    inside_meta: bool,
    /// Why there may be no default.
    no_defaults: Option<String>,
    /// The nearest path below which nothing is known of old values.
    uncorrelatable: Option<String>,
    /// Whether rules are looked at.
    rules: bool,
    /// How often the value can be there; none where nothing limits that.
    cardinality: Option<u64>,
}

impl Context {
    /// The place of what is in values of the schema.
    fn below(&self, schema: &Value) -> Self {
        let times = costs::repeated(schema);
        Self {
            is_root: false,
            cardinality: self
                .cardinality
                .and_then(|here| Some(here.saturating_mul(times?))),
            ..self.clone()
        }
    }

    fn without_rules(&self, schema: &Value) -> Self {
        Self {
            rules: false,
            ..self.below(schema)
        }
    }
}

fn check_schema(schema: &Value, path: &Path<'_>, context: &Context) -> Found {
    let mut found = Found::default();
    check_standard(schema, path, context, &mut found);
    if schema["uniqueItems"] == true {
        let detail =
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        found.forbidden(format!("{path}.uniqueItems"), detail);
    }
    check_additional(schema, path, context, &mut found);
    let properties = path.field("properties");
    for (name, property) in fields(&schema["properties"]) {
        let mut below = context.below(schema);
        let embeds = context.is_root || schema["x-kubernetes-embedded-resource"] == true;
        if embeds && matches!(name.as_str(), "metadata" | "kind" | "apiVersion") {
            below.inside_meta = true;
            if context.is_root {
                below.no_defaults = Some(format!("in top-level {name}"));
            }
        }
        found.join(check_schema(property, &properties.key(name), &below));
    }
    if schema.get("not").is_some_and(Value::is_object) {
        found.join(check_schema(
            &schema["not"],
            &path.field("not"),
            &context.without_rules(schema),
        ));
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for (index, nested) in list(&schema[key]).iter().enumerate() {
            found.join(check_schema(
                nested,
                &path.field(key).index(index),
                &context.without_rules(schema),
            ));
        }
    }
    for (name, nested) in fields(&schema["definitions"]) {
        found.join(check_schema(
            nested,
            &path.field("definitions").key(name),
            &context.without_rules(schema),
        ));
    }
    check_items(schema, path, context, &mut found);
    check_extensions(schema, path, &mut found);
    check_list_map(schema, path, &mut found);
    check_keys(schema, path, &mut found);
    rules::check(schema, path, context, &mut found);
    found
}

fn check_standard(schema: &Value, path: &Path<'_>, context: &Context, found: &mut Found) {
    let types = ["array", "boolean", "integer", "number", "object", "string"];
    let given = &schema["type"];
    if !is_empty(given) && !types.contains(&text(given)) {
        found.unsupported(format!("{path}.type"), given, &types);
    }
    let has = |key: &str| schema.get(key).is_some_and(|value| !value.is_null());
    if let (true, Some(why)) = (has("default"), &context.no_defaults) {
        found.forbidden(format!("{path}.default"), format!("must not be set {why}"));
    }
    if !is_empty(&schema["id"]) {
        found.forbidden(format!("{path}.id"), "id is not supported");
    }
    for key in [
        "additionalItems",
        "patternProperties",
        "definitions",
        "dependencies",
        "$ref",
    ] {
        let empty = schema[key]
            .as_object()
            .is_some_and(serde_json::Map::is_empty);
        if has(key) && (!empty || key == "dependencies") {
            found.forbidden(format!("{path}.{key}"), format!("{key} is not supported"));
        }
    }
    if given == "null" {
        let detail = "type cannot be set to null, use nullable as an alternative";
        found.forbidden(format!("{path}.type"), detail);
    }
    if !list(&schema["items"]).is_empty() {
        found.forbidden(
            format!("{path}.items"),
            "items must be a schema object and not an array",
        );
    }
    if context.inside_meta && schema["x-kubernetes-embedded-resource"] == true {
        let detail = "must not be used inside of resource meta";
        found.forbidden(format!("{path}.x-kubernetes-embedded-resource"), detail);
    }
}

fn check_additional(schema: &Value, path: &Path<'_>, context: &Context, found: &mut Found) {
    let Some(additional) = schema.get("additionalProperties").filter(|a| !a.is_null()) else {
        return;
    };
    if fields(&schema["properties"]).next().is_some() && *additional != true {
        let detail = "additionalProperties and properties are mutual exclusive";
        found.forbidden(format!("{path}.additionalProperties"), detail);
    }
    if additional.is_object() {
        let mut below = context.below(schema);
        if context.inside_meta {
            below.no_defaults =
                Some("inside additionalProperties applying to object metadata".into());
        }
        found.join(check_schema(
            additional,
            &path.field("additionalProperties"),
            &below,
        ));
    }
}

fn check_items(schema: &Value, path: &Path<'_>, context: &Context, found: &mut Found) {
    let items = &schema["items"];
    if items.is_null() {
        return;
    }
    let mut below = context.below(schema);
    if schema["x-kubernetes-list-type"] != "map" {
        below.uncorrelatable.get_or_insert_with(|| path.text());
    }
    let items_path = path.field("items");
    if items.is_object() {
        found.join(check_schema(items, &items_path, &below));
    }
    for (index, item) in list(items).iter().enumerate() {
        found.join(check_schema(item, &items_path.index(index), &below));
    }
}

fn check_extensions(schema: &Value, path: &Path<'_>, found: &mut Found) {
    if schema["x-kubernetes-preserve-unknown-fields"] == false {
        let path = format!("{path}.x-kubernetes-preserve-unknown-fields");
        found.invalid(path, false, "must be true or undefined");
    }
    let kind = &schema["type"];
    let of_type = |key: &str, wanted: &str, found: &mut Found| {
        let given = schema.get(key).is_some_and(|given| !given.is_null());
        let wrong = given && kind != wanted;
        if wrong {
            let detail = format!("must be {wanted} if {key} is specified");
            if is_empty(kind) {
                found.required(format!("{path}.type"), detail);
            } else {
                found.invalid(format!("{path}.type"), kind.clone(), detail);
            }
        }
        given && !wrong
    };
    of_type("x-kubernetes-map-type", "object", found);
    let map_type = &schema["x-kubernetes-map-type"];
    let map_types = ["atomic", "granular"];
    if !map_type.is_null() && !map_types.contains(&text(map_type)) {
        found.unsupported(
            format!("{path}.x-kubernetes-map-type"),
            map_type,
            &map_types,
        );
    }
    let list_type = &schema["x-kubernetes-list-type"];
    if of_type("x-kubernetes-list-type", "array", found) && list_type == "set" {
        let items = &schema["items"];
        let (key, given) = match text(&items["type"]) {
            "array" => ("x-kubernetes-list-type", &items["x-kubernetes-list-type"]),
            "object" => ("x-kubernetes-map-type", &items["x-kubernetes-map-type"]),
            _ => ("", &Value::Null),
        };
        let wrong = match key {
            "x-kubernetes-list-type" => !given.is_null() && given != "atomic",
            "x-kubernetes-map-type" => given != "atomic",
            _ => false,
        };
        if wrong {
            let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
            // The list type is shown for both.
            let shown = items["x-kubernetes-list-type"].clone();
            found.invalid(format!("{path}.items.{key}"), shown, detail);
        }
    }
    let list_types = ["atomic", "set", "map"];
    if !list_type.is_null() && !list_types.contains(&text(list_type)) {
        found.unsupported(
            format!("{path}.x-kubernetes-list-type"),
            list_type,
            &list_types,
        );
    }
}

fn check_list_map(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let (list_type, keys) = (
        &schema["x-kubernetes-list-type"],
        list(&schema["x-kubernetes-list-map-keys"]),
    );
    if !keys.is_empty() && list_type != "map" {
        let path = format!("{path}.x-kubernetes-list-type");
        let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
        if list_type.is_null() {
            found.required(path, detail);
        } else {
            found.invalid(path, list_type.clone(), detail);
        }
    }
    if list_type != "map" {
        return;
    }
    let keys_path = format!("{path}.x-kubernetes-list-map-keys");
    if keys.is_empty() {
        found.required(
            keys_path.clone(),
            "must not be empty if x-kubernetes-list-type is map",
        );
    }
    let items = &schema["items"];
    if items.is_null() {
        found.required(
            format!("{path}.items"),
            "must have a schema if x-kubernetes-list-type is map",
        );
        return;
    }
    if items.is_object() && items["type"] != "object" {
        let detail = "must be object if parent array's x-kubernetes-list-type is map";
        found.invalid(format!("{path}.items.type"), text(&items["type"]), detail);
        return;
    }
    for (index, key) in keys.iter().enumerate() {
        match items["properties"].get(text(key)) {
            Some(property) if matches!(text(&property["type"]), "array" | "object") => {
                let path = format!("{path}.items.properties[{}].type", text(key));
                let detail =
                    "must be a scalar type if parent array's x-kubernetes-list-type is map";
                found.invalid(path, items["type"].clone(), detail);
            }
            Some(_) => {}
            None => {
                let detail = "entries must all be names of item properties";
                found.invalid(keys_path.clone(), keys.to_vec(), detail);
            }
        }
        if keys[..index].contains(key) {
            found.invalid(
                keys_path.clone(),
                keys.to_vec(),
                "must not contain duplicate entries",
            );
        }
    }
}

/// Keys are there always, and items of sets and maps are never null.
fn check_keys(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let (list_type, items) = (text(&schema["x-kubernetes-list-type"]), &schema["items"]);
    if !matches!(list_type, "set" | "map") || !items.is_object() {
        return;
    }
    if items["nullable"] == true {
        let detail = format!("cannot be nullable when x-kubernetes-list-type is {list_type}");
        found.forbidden(format!("{path}.items.nullable"), detail);
    }
    if list_type == "set" {
        return;
    }
    for key in list(&schema["x-kubernetes-list-map-keys"]) {
        let Some(property) = items["properties"].get(text(key)) else {
            continue;
        };
        let path = format!("{path}.items.properties[{}]", text(key));
        let known = list(&items["required"]).contains(key) || !property["default"].is_null();
        if !known {
            let detail = "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required \
                          property";
            found.required(format!("{path}.default"), detail);
        }
        if property["nullable"] == true {
            let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
            found.forbidden(format!("{path}.nullable"), detail);
        }
    }
}
