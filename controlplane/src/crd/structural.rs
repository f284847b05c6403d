//! A structural schema, read once: what pruning, defaulting, validation and rules go by.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema` (`structural.go`, `convert.go`) and, for the formats,
//! `pkg/apiserver/validation/formats.go`.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

use super::formats::Format;
use crate::re2;

/// A JSON type of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

impl Type {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "object" => Self::Object,
            "array" => Self::Array,
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }
}

/// What is allowed beside named properties.
#[derive(Clone, Debug, Default)]
pub(crate) enum Additional {
    #[default]
    Unsaid,
    /// `additionalProperties: true`.
    Any,
    /// `additionalProperties: false`: kept, and refused.
    Refused,
    Of(Box<Node>),
}

impl Additional {
    pub(crate) fn schema(&self) -> Option<&Node> {
        match self {
            Self::Of(node) => Some(node),
            Self::Unsaid | Self::Any | Self::Refused => None,
        }
    }
}

/// `x-kubernetes-list-type`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ListType {
    #[default]
    Unsaid,
    Atomic,
    Set,
    Map(Vec<String>),
}

/// A bound of a number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) value: f64,
    pub(crate) exclusive: bool,
}

/// An expression that texts must match.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    /// None where it can't be compiled.
    pub(crate) regex: Option<Regex>,
}

/// A rule of `x-kubernetes-validations`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuleText {
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) message_expression: String,
    pub(crate) reason: Option<String>,
    pub(crate) field_path: String,
    pub(crate) optional_old_self: Option<bool>,
}

/// Limits of texts, lists, objects and numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) maximum: Option<Bound>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) multiple_of: Option<f64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) min_length: Option<i64>,
    pub(crate) max_items: Option<i64>,
    pub(crate) min_items: Option<i64>,
    pub(crate) max_properties: Option<i64>,
    pub(crate) min_properties: Option<i64>,
}

/// A schema, with all that is said of one value.
#[expect(clippy::struct_excessive_bools, reason = "as schemas have them")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    pub(crate) kind: Option<Type>,
    pub(crate) int_or_string: bool,
    pub(crate) nullable: bool,
    /// The format as it was written; only texts of those in [`Format`] are checked.
    pub(crate) format_name: String,
    pub(crate) format: Option<Format>,
    pub(crate) limits: Limits,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) choices: Vec<Value>,
    pub(crate) required: Vec<String>,
    pub(crate) properties: BTreeMap<String, Node>,
    pub(crate) additional: Additional,
    pub(crate) items: Option<Box<Node>>,
    pub(crate) all_of: Vec<Node>,
    pub(crate) any_of: Vec<Node>,
    pub(crate) one_of: Vec<Node>,
    pub(crate) not: Option<Box<Node>>,
    pub(crate) default: Option<Value>,
    pub(crate) keeps_unknown: bool,
    pub(crate) embedded: bool,
    pub(crate) list_type: ListType,
    pub(crate) atomic_map: bool,
    pub(crate) rules: Vec<RuleText>,
}

impl Node {
    /// Reads a schema that was checked before; what it can't mean is left out.
    pub(crate) fn read(schema: &Value) -> Self {
        let empty = Map::new();
        let schema = schema.as_object().unwrap_or(&empty);
        let format_name = text(schema, "format");
        Self {
            kind: Type::of(&text(schema, "type")),
            int_or_string: flag(schema, "x-kubernetes-int-or-string"),
            nullable: flag(schema, "nullable"),
            format: Format::of(&format_name),
            format_name,
            limits: limits(schema),
            pattern: pattern(schema),
            choices: list(schema, "enum").to_vec(),
            required: texts(schema, "required"),
            properties: properties(schema),
            additional: additional(schema),
            items: schema.get("items").map(|items| Box::new(Self::read(items))),
            all_of: list(schema, "allOf").iter().map(Self::read).collect(),
            any_of: list(schema, "anyOf").iter().map(Self::read).collect(),
            one_of: list(schema, "oneOf").iter().map(Self::read).collect(),
            not: schema.get("not").map(|not| Box::new(Self::read(not))),
            default: schema
                .get("default")
                .cloned()
                .filter(|value| !value.is_null()),
            keeps_unknown: flag(schema, "x-kubernetes-preserve-unknown-fields"),
            embedded: flag(schema, "x-kubernetes-embedded-resource"),
            list_type: list_type(schema),
            atomic_map: text(schema, "x-kubernetes-map-type") == "atomic",
            rules: list(schema, "x-kubernetes-validations")
                .iter()
                .map(RuleText::read)
                .collect(),
        }
    }

    /// The schema of a field, whether it is named or not.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        self.properties
            .get(name)
            .or_else(|| self.additional.schema())
    }

    /// Whether there is a default here or in anything below.
    pub(crate) fn has_defaults(&self) -> bool {
        self.children()
            .any(|child| child.default.is_some() || child.has_defaults())
    }

    /// The schemas of all that may be in a value.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        self.properties
            .values()
            .chain(self.additional.schema())
            .chain(self.items.as_deref())
    }
}

impl RuleText {
    pub(crate) fn read(rule: &Value) -> Self {
        let empty = Map::new();
        let rule = rule.as_object().unwrap_or(&empty);
        Self {
            rule: text(rule, "rule"),
            message: text(rule, "message"),
            message_expression: text(rule, "messageExpression"),
            reason: rule.get("reason").and_then(Value::as_str).map(Into::into),
            field_path: text(rule, "fieldPath"),
            optional_old_self: rule.get("optionalOldSelf").and_then(Value::as_bool),
        }
    }
}

fn text(schema: &Map<String, Value>, key: &str) -> String {
    schema
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .into()
}

fn flag(schema: &Map<String, Value>, key: &str) -> bool {
    schema.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn list<'a>(schema: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    schema
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn texts(schema: &Map<String, Value>, key: &str) -> Vec<String> {
    let texts = list(schema, key).iter().filter_map(Value::as_str);
    texts.map(Into::into).collect()
}

fn limits(schema: &Map<String, Value>) -> Limits {
    let bound = |key: &str, exclusive: &str| {
        let value = schema.get(key).and_then(Value::as_f64)?;
        let exclusive = flag(schema, exclusive);
        Some(Bound { value, exclusive })
    };
    let count = |key: &str| schema.get(key).and_then(Value::as_i64);
    Limits {
        maximum: bound("maximum", "exclusiveMaximum"),
        minimum: bound("minimum", "exclusiveMinimum"),
        multiple_of: schema.get("multipleOf").and_then(Value::as_f64),
        max_length: count("maxLength"),
        min_length: count("minLength"),
        max_items: count("maxItems"),
        min_items: count("minItems"),
        max_properties: count("maxProperties"),
        min_properties: count("minProperties"),
    }
}

fn pattern(schema: &Map<String, Value>) -> Option<Pattern> {
    let text = text(schema, "pattern");
    (!text.is_empty()).then(|| Pattern {
        regex: re2::compile(&text).ok(),
        text,
    })
}

fn properties(schema: &Map<String, Value>) -> BTreeMap<String, Node> {
    let named = schema.get("properties").and_then(Value::as_object);
    named
        .into_iter()
        .flatten()
        .map(|(name, property)| (name.clone(), Node::read(property)))
        .collect()
}

fn additional(schema: &Map<String, Value>) -> Additional {
    match schema.get("additionalProperties") {
        None | Some(Value::Null) => Additional::Unsaid,
        Some(Value::Bool(false)) => Additional::Refused,
        Some(Value::Bool(true)) => Additional::Any,
        Some(values) => Additional::Of(Box::new(Node::read(values))),
    }
}

fn list_type(schema: &Map<String, Value>) -> ListType {
    match text(schema, "x-kubernetes-list-type").as_str() {
        "atomic" => ListType::Atomic,
        "set" => ListType::Set,
        "map" => ListType::Map(texts(schema, "x-kubernetes-list-map-keys")),
        _ => ListType::Unsaid,
    }
}
