//! A structural schema, read once: what pruning, defaulting, validation and rules go by.
//!
//! Source: apiextensions-apiserver `pkg/apiserver/schema` (`structural.go`, `convert.go`) and, for the formats,
//! `pkg/apiserver/validation/formats.go`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::formats::Format;
use crate::re2::Pattern;

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
    fn read(value: &Value) -> Self {
        match value {
            Value::Null => Self::Unsaid,
            Value::Bool(false) => Self::Refused,
            Value::Bool(true) => Self::Any,
            values => Self::Of(Box::new(Node::read(values))),
        }
    }

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

impl ListType {
    /// Without the keys of a map, of which another key of the schema speaks.
    fn of(name: &str) -> Self {
        match name {
            "atomic" => Self::Atomic,
            "set" => Self::Set,
            "map" => Self::Map(Vec::new()),
            _ => Self::Unsaid,
        }
    }
}

/// A bound of a number, where there is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bound {
    pub(crate) value: Option<f64>,
    pub(crate) exclusive: bool,
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
    pub(crate) maximum: Bound,
    pub(crate) minimum: Bound,
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
        let mut node = Self::default();
        for (key, value) in schema.as_object().into_iter().flatten() {
            node.take(key, value);
        }
        if let (ListType::Map(keys), Some(Value::Array(named))) = (
            &mut node.list_type,
            schema.get("x-kubernetes-list-map-keys"),
        ) {
            *keys = texts(named);
        }
        node
    }

    /// What one key says.
    fn take(&mut self, key: &str, value: &Value) {
        let text = || value.as_str().unwrap_or_default();
        let flag = || value == true;
        let list = || value.as_array().map_or(&[][..], Vec::as_slice);
        let all = || list().iter().map(Self::read).collect();
        match key {
            "type" => self.kind = Type::of(text()),
            "format" => {
                self.format = Format::of(text());
                text().clone_into(&mut self.format_name);
            }
            "nullable" => self.nullable = flag(),
            "pattern" if !text().is_empty() => self.pattern = Some(Pattern::new(text().into())),
            "enum" => self.choices = list().to_vec(),
            "required" => self.required = texts(list()),
            "properties" => {
                let named = value.as_object().into_iter().flatten();
                let read = |(name, property): (&String, _)| (name.clone(), Self::read(property));
                self.properties = named.map(read).collect();
            }
            "additionalProperties" => self.additional = Additional::read(value),
            "items" => self.items = Some(Box::new(Self::read(value))),
            "allOf" => self.all_of = all(),
            "anyOf" => self.any_of = all(),
            "oneOf" => self.one_of = all(),
            "not" => self.not = Some(Box::new(Self::read(value))),
            "default" if !value.is_null() => self.default = Some(value.clone()),
            "x-kubernetes-int-or-string" => self.int_or_string = flag(),
            "x-kubernetes-preserve-unknown-fields" => self.keeps_unknown = flag(),
            "x-kubernetes-embedded-resource" => self.embedded = flag(),
            "x-kubernetes-list-type" => self.list_type = ListType::of(text()),
            "x-kubernetes-map-type" => self.atomic_map = text() == "atomic",
            "x-kubernetes-validations" => self.rules = list().iter().map(RuleText::read).collect(),
            _ => self.limits.take(key, value),
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

impl Limits {
    fn take(&mut self, key: &str, value: &Value) {
        match key {
            "maximum" => self.maximum.value = value.as_f64(),
            "exclusiveMaximum" => self.maximum.exclusive = value == true,
            "minimum" => self.minimum.value = value.as_f64(),
            "exclusiveMinimum" => self.minimum.exclusive = value == true,
            "multipleOf" => self.multiple_of = value.as_f64(),
            "maxLength" => self.max_length = value.as_i64(),
            "minLength" => self.min_length = value.as_i64(),
            "maxItems" => self.max_items = value.as_i64(),
            "minItems" => self.min_items = value.as_i64(),
            "maxProperties" => self.max_properties = value.as_i64(),
            "minProperties" => self.min_properties = value.as_i64(),
            _ => {}
        }
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

fn text(rule: &Map<String, Value>, key: &str) -> String {
    let text = rule.get(key).and_then(Value::as_str);
    text.unwrap_or_default().into()
}

fn texts(list: &[Value]) -> Vec<String> {
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(Into::into).collect()
}
