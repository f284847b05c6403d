//! The types as Go has them: what decides which values are read, left out, and written as nothing.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, OnceLock, PoisonError},
};

use serde_json::Value;

use super::{schemas, table};
use crate::Schema;

/// A struct of the built-in types, or the name of another type. There is one of each in a process.
pub struct Named {
    /// `apps.v1.Deployment`.
    pub name: &'static str,
    head: &'static str,
    lines: &'static str,
    fields: OnceLock<Vec<Field>>,
    schema: OnceLock<Schema>,
}

impl Named {
    /// A type by its name in the table.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        static SEEN: Mutex<BTreeMap<String, &'static Named>> = Mutex::new(BTreeMap::new());
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(named) = seen.get(name) {
            return Some(named);
        }
        let (head, lines) = table::block(name)?;
        let named: &'static Self = Box::leak(Box::new(Self {
            name: Box::leak(name.into()),
            head,
            lines,
            fields: OnceLock::new(),
            schema: OnceLock::new(),
        }));
        seen.insert(name.to_owned(), named);
        Some(named)
    }

    /// What apply and strategic merge know of it.
    pub fn schema(&'static self) -> &'static Schema {
        self.schema.get_or_init(|| schemas::of(self))
    }

    /// `DeploymentSpec`.
    pub(super) fn short_name(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    /// Whether it has one owner as a whole.
    pub(super) fn is_atomic(&self) -> bool {
        self.head == "atomic"
    }

    /// In Go's order.
    pub(super) fn fields(&self) -> &[Field] {
        self.fields
            .get_or_init(|| self.lines.lines().filter_map(Field::read).collect())
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields().iter().find(|it| it.name == name)
    }

    fn alias(&self) -> Option<&'static str> {
        self.head.strip_prefix("= ")
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A field of a struct.
#[derive(Debug)]
pub(super) struct Field {
    /// In JSON.
    pub(super) name: &'static str,
    /// In Go, where that is another than the name in JSON with a capital.
    pub(super) go_name: Option<&'static str>,
    pub(super) of: Type,
    /// Its numbers in protobuf, outermost first; none for kind and version, which the envelope has.
    pub(super) numbers: Vec<u32>,
    /// The names of the embedded structs that it is in.
    pub(super) within: Vec<&'static str>,
    /// Whether a zero value is left out.
    pub(super) omitempty: bool,
    /// Whether a zero struct is left out.
    pub(super) omitzero: bool,
    /// The rest of its line: what OpenAPI tells.
    pub(super) flags: &'static str,
}

impl Field {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.trim_start().splitn(4, ' ');
        let (name, of, numbers) = (words.next()?, words.next()?, words.next()?);
        let flags = words.next().unwrap_or_default();
        let flag = |word: &str| flags.split(' ').any(|it| it == word);
        let within = flags.split(' ').find_map(|it| it.strip_prefix("in="));
        Some(Self {
            name,
            go_name: flags.split(' ').find_map(|it| it.strip_prefix("go=")),
            of: Type::read(of)?,
            numbers: numbers
                .split('.')
                .filter_map(|it| it.parse().ok())
                .collect(),
            within: within.map(|it| it.split('.').collect()).unwrap_or_default(),
            omitempty: flag("omitempty"),
            omitzero: flag("omitzero"),
            flags,
        })
    }
}

/// A type of Go's.
#[derive(Debug)]
pub(super) struct Type {
    /// As the table writes it: `[]core.v1.Container`.
    text: &'static str,
    pub(super) kind: Kind,
}

/// What a type is made of.
#[derive(Debug)]
pub(super) enum Kind {
    String,
    Bool,
    Int32,
    Int64,
    Float64,
    Bytes,
    Quantity,
    Time,
    MicroTime,
    IntOrString,
    /// Any JSON: `runtime.RawExtension`, `FieldsV1`, apiextensions' `JSON`.
    Raw,
    /// apiextensions' `JSONSchemaPropsOr…`.
    SchemaOr(Other),
    Struct(&'static Named),
    Pointer(Box<Type>),
    List(Box<Type>),
    Map(Box<Type>),
}

/// What there may be instead of a `JSONSchemaProps`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    Bool,
    Schemas,
    Strings,
}

impl Type {
    pub(super) fn read(text: &'static str) -> Option<Self> {
        let kind = match text {
            "string" | "types.UID" => Kind::String,
            "bool" => Kind::Bool,
            "int32" => Kind::Int32,
            "int64" => Kind::Int64,
            "float64" => Kind::Float64,
            "[]byte" => Kind::Bytes,
            "resource.Quantity" => Kind::Quantity,
            "meta.v1.Time" => Kind::Time,
            "meta.v1.MicroTime" => Kind::MicroTime,
            "intstr.IntOrString" => Kind::IntOrString,
            "runtime.RawExtension" | "meta.v1.FieldsV1" | "apiextensions.v1.JSON" => Kind::Raw,
            "apiextensions.v1.JSONSchemaPropsOrArray" => Kind::SchemaOr(Other::Schemas),
            "apiextensions.v1.JSONSchemaPropsOrBool" => Kind::SchemaOr(Other::Bool),
            "apiextensions.v1.JSONSchemaPropsOrStringArray" => Kind::SchemaOr(Other::Strings),
            _ => Self::composed(text)?,
        };
        Some(Self { text, kind })
    }

    fn composed(text: &'static str) -> Option<Kind> {
        if let Some(of) = text.strip_prefix('*') {
            Some(Kind::Pointer(Box::new(Self::read(of)?)))
        } else if let Some(of) = text.strip_prefix("[]") {
            Some(Kind::List(Box::new(Self::read(of)?)))
        } else if let Some(entry) = text.strip_prefix("map[") {
            Some(Kind::Map(Box::new(Self::read(entry.split_once(']')?.1)?)))
        } else {
            let named = Named::of(text)?;
            match named.alias() {
                Some(of) => Some(Self::read(of)?.kind),
                None => Some(Kind::Struct(named)),
            }
        }
    }

    /// An object of any kind.
    pub(super) fn is_extension(&self) -> bool {
        self.text == "runtime.RawExtension"
    }

    /// As Go's reflection names it: `[]v1.Container`.
    pub(super) fn go_name(&self) -> String {
        let mut name = String::new();
        for part in self.text.split_inclusive(['[', ']', '*']) {
            match part.split_once('.') {
                Some((_, rest)) if rest.contains('.') => name.push_str(rest),
                _ if part == "byte" => name.push_str("uint8"),
                _ => name.push_str(part),
            }
        }
        name
    }

    /// What Go's reflection calls its kind.
    pub(super) fn go_kind(&self) -> &'static str {
        match &self.kind {
            Kind::String => "string",
            Kind::Bool => "bool",
            Kind::Int32 => "int32",
            Kind::Int64 => "int64",
            Kind::Float64 => "float64",
            Kind::Bytes | Kind::List(_) => "slice",
            Kind::Map(_) => "map",
            Kind::Pointer(_) => "ptr",
            _ => "struct",
        }
    }

    /// What is left out by `omitempty`.
    pub(super) fn is_empty(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (Kind::Pointer(_) | Kind::Bytes | Kind::List(_) | Kind::Map(_), Value::Null) => true,
            (Kind::String | Kind::Bytes, Value::String(text)) => text.is_empty(),
            (Kind::Bool, value) => value == false,
            (Kind::Int32 | Kind::Int64 | Kind::Float64, value) => value.as_f64() == Some(0.0),
            (Kind::List(_), Value::Array(items)) => items.is_empty(),
            (Kind::Map(_), Value::Object(entries)) => entries.is_empty(),
            _ => false,
        }
    }
}
