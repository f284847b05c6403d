//! Parts of definitions as Go prints them: its structs have an order of fields, and names of their own.

use std::fmt::Write as _;

use serde_json::Value;

use super::{fields, list};
use crate::{crd::structural::RuleText, go};

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments)
        .expect("writing to a text cannot fail");
}

fn json_text(text: &str) -> String {
    let mut out = String::new();
    go::json_text(text, &mut out);
    out
}

/// A rule of `x-kubernetes-validations`.
pub(super) fn rule(rule: &RuleText) -> String {
    let optional =
        |text: Option<&String>| text.map_or_else(|| "null".into(), |text| json_text(text));
    format!(
        "{{\"Rule\":{},\"Message\":{},\"MessageExpression\":{},\"Reason\":{},\"FieldPath\":{},\"OptionalOldSelf\":{}}}",
        json_text(&rule.rule),
        json_text(&rule.message),
        json_text(&rule.message_expression),
        optional(rule.reason.as_ref()),
        json_text(&rule.field_path),
        rule.optional_old_self
            .map_or_else(|| "null".into(), |given| given.to_string()),
    )
}

/// `spec.versions`, without what all of them have in common.
pub(super) fn versions(versions: &[Value], shared: &[&str]) -> String {
    let shown: Vec<String> = versions
        .iter()
        .map(|version| {
            let flag = |key: &str| version[key].as_bool().unwrap_or_default();
            let own = |key: &str, show: fn(&Value) -> String| match version.get(key) {
                Some(value) if !shared.contains(&key) && !value.is_null() => show(value),
                _ => "null".into(),
            };
            format!(
                "{{\"Name\":{},\"Served\":{},\"Storage\":{},\"Deprecated\":{},\"DeprecationWarning\":{},\"Schema\":{},\
                 \"Subresources\":{},\"AdditionalPrinterColumns\":{},\"SelectableFields\":{}}}",
                go::json(version.get("name").unwrap_or(&Value::String(String::new()))),
                flag("served"),
                flag("storage"),
                flag("deprecated"),
                go::json(&version["deprecationWarning"]),
                own("schema", |schema| {
                    let props = props_or_null(&schema["openAPIV3Schema"]);
                    format!("{{\"OpenAPIV3Schema\":{props}}}")
                }),
                own("subresources", shown_subresources),
                own("additionalPrinterColumns", shown_columns),
                own("selectableFields", shown_selectable),
            )
        })
        .collect();
    format!("[{}]", shown.join(","))
}

fn shown_subresources(subresources: &Value) -> String {
    let status = if subresources["status"].is_null() {
        "null"
    } else {
        "{}"
    };
    let scale = &subresources["scale"];
    let scale = if scale.is_null() {
        "null".into()
    } else {
        format!(
            "{{\"SpecReplicasPath\":{},\"StatusReplicasPath\":{},\"LabelSelectorPath\":{}}}",
            go::json(&scale["specReplicasPath"]),
            go::json(&scale["statusReplicasPath"]),
            go::json(&scale["labelSelectorPath"]),
        )
    };
    format!("{{\"Status\":{status},\"Scale\":{scale}}}")
}

fn shown_columns(columns: &Value) -> String {
    let word = |value: &Value| json_text(value.as_str().unwrap_or_default());
    let shown: Vec<String> = list(columns)
        .iter()
        .map(|column| {
            format!(
                "{{\"Name\":{},\"Type\":{},\"Format\":{},\"Description\":{},\"Priority\":{},\"JSONPath\":{}}}",
                word(&column["name"]),
                word(&column["type"]),
                word(&column["format"]),
                word(&column["description"]),
                column["priority"].as_i64().unwrap_or_default(),
                word(&column["jsonPath"]),
            )
        })
        .collect();
    format!("[{}]", shown.join(","))
}

fn shown_selectable(selectable: &Value) -> String {
    let shown = list(selectable)
        .iter()
        .map(|field| format!("{{\"JSONPath\":{}}}", go::json(&field["jsonPath"])));
    format!("[{}]", shown.collect::<Vec<_>>().join(","))
}

/// What a field of `JSONSchemaProps` is made of.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    /// A pointer to a text, a number or a truth value, or any JSON.
    Any,
    Texts,
    Schema,
    Schemas,
    SchemaMap,
    Items,
    Additional,
    Rules,
}

/// The fields of `JSONSchemaProps` in the order of Go's struct, with their names in JSON.
const FIELDS: [(&str, &str, Kind); 44] = [
    ("ID", "id", Kind::Text),
    ("Schema", "$schema", Kind::Text),
    ("Ref", "$ref", Kind::Any),
    ("Description", "description", Kind::Text),
    ("Type", "type", Kind::Text),
    ("Nullable", "nullable", Kind::Flag),
    ("Format", "format", Kind::Text),
    ("Title", "title", Kind::Text),
    ("Default", "default", Kind::Any),
    ("Maximum", "maximum", Kind::Any),
    ("ExclusiveMaximum", "exclusiveMaximum", Kind::Flag),
    ("Minimum", "minimum", Kind::Any),
    ("ExclusiveMinimum", "exclusiveMinimum", Kind::Flag),
    ("MaxLength", "maxLength", Kind::Any),
    ("MinLength", "minLength", Kind::Any),
    ("Pattern", "pattern", Kind::Text),
    ("MaxItems", "maxItems", Kind::Any),
    ("MinItems", "minItems", Kind::Any),
    ("UniqueItems", "uniqueItems", Kind::Flag),
    ("MultipleOf", "multipleOf", Kind::Any),
    ("Enum", "enum", Kind::Any),
    ("MaxProperties", "maxProperties", Kind::Any),
    ("MinProperties", "minProperties", Kind::Any),
    ("Required", "required", Kind::Texts),
    ("Items", "items", Kind::Items),
    ("AllOf", "allOf", Kind::Schemas),
    ("OneOf", "oneOf", Kind::Schemas),
    ("AnyOf", "anyOf", Kind::Schemas),
    ("Not", "not", Kind::Schema),
    ("Properties", "properties", Kind::SchemaMap),
    (
        "AdditionalProperties",
        "additionalProperties",
        Kind::Additional,
    ),
    ("PatternProperties", "patternProperties", Kind::SchemaMap),
    ("Dependencies", "dependencies", Kind::Any),
    ("AdditionalItems", "additionalItems", Kind::Additional),
    ("Definitions", "definitions", Kind::SchemaMap),
    ("ExternalDocs", "externalDocs", Kind::Any),
    ("Example", "example", Kind::Any),
    (
        "XPreserveUnknownFields",
        "x-kubernetes-preserve-unknown-fields",
        Kind::Any,
    ),
    (
        "XEmbeddedResource",
        "x-kubernetes-embedded-resource",
        Kind::Flag,
    ),
    ("XIntOrString", "x-kubernetes-int-or-string", Kind::Flag),
    ("XListMapKeys", "x-kubernetes-list-map-keys", Kind::Texts),
    ("XListType", "x-kubernetes-list-type", Kind::Any),
    ("XMapType", "x-kubernetes-map-type", Kind::Any),
    ("XValidations", "x-kubernetes-validations", Kind::Rules),
];

/// The Go names of the fields that a schema has, in their order.
pub(super) fn fields_of(schema: &Value) -> impl Iterator<Item = &'static str> {
    let given = |key: &str| match schema.get(key) {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(_) => true,
    };
    FIELDS
        .iter()
        .filter(move |(_, key, _)| given(key))
        .map(|(name, ..)| *name)
}

fn props_or_null(schema: &Value) -> String {
    if schema.is_null() {
        "null".into()
    } else {
        props(schema)
    }
}

/// A schema as the struct that Go has for it.
pub(super) fn props(schema: &Value) -> String {
    let mut out = String::from("{");
    for (index, (name, key, kind)) in FIELDS.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(
            &mut out,
            format_args!("\"{name}\":{}", prop(*kind, &schema[*key])),
        );
    }
    out + "}"
}

fn prop(kind: Kind, value: &Value) -> String {
    match kind {
        Kind::Text => json_text(value.as_str().unwrap_or_default()),
        Kind::Flag => value.as_bool().unwrap_or_default().to_string(),
        Kind::Any | Kind::Texts => go::json(value),
        Kind::Schema => props_or_null(value),
        Kind::Items if value.is_object() => {
            format!("{{\"Schema\":{},\"JSONSchemas\":null}}", props(value))
        }
        Kind::Items if value.is_array() => {
            format!(
                "{{\"Schema\":null,\"JSONSchemas\":{}}}",
                prop(Kind::Schemas, value)
            )
        }
        Kind::Additional => match value {
            Value::Null => "null".into(),
            Value::Bool(allows) => format!("{{\"Allows\":{allows},\"Schema\":null}}"),
            schema => format!("{{\"Allows\":true,\"Schema\":{}}}", props(schema)),
        },
        Kind::Schemas if value.is_array() => {
            let shown: Vec<String> = list(value).iter().map(props).collect();
            format!("[{}]", shown.join(","))
        }
        Kind::SchemaMap if value.is_object() => {
            let shown = fields(value)
                .map(|(name, schema)| format!("{}:{}", json_text(name), props(schema)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(","))
        }
        Kind::Rules if value.is_array() => {
            let shown: Vec<String> = list(value)
                .iter()
                .map(|given| rule(&RuleText::read(given)))
                .collect();
            format!("[{}]", shown.join(","))
        }
        Kind::Items | Kind::Schemas | Kind::SchemaMap | Kind::Rules => "null".into(),
    }
}
