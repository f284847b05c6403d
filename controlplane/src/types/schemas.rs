//! From the types of Go to the one description that apply and strategic merge go by.

use serde_json::{Value, json};

use super::go::{self, Kind, Named};
use crate::{Field, Object, Patch, Scalar, Schema, SchemaRef, Shape, Topology};

/// The schema of a struct.
pub(super) fn of(named: &Named) -> Schema {
    let fields = named
        .fields()
        .iter()
        .map(|it| (it.name.to_owned(), field(it)))
        .collect();
    Shape::Object(Object {
        fields,
        keeps_unknown: false,
        atomic: named.is_atomic(),
    })
    .into()
}

/// What OpenAPI tells of a field, from the end of its line.
#[derive(Default)]
struct Flags<'a> {
    required: bool,
    atomic: bool,
    /// Its fields are owned one by one, though its type is atomic elsewhere.
    granular: bool,
    topology: Option<Topology>,
    patch: Patch,
    default: Option<&'a str>,
}

impl<'a> Flags<'a> {
    fn read(line: &'a str) -> Self {
        let (line, default) = match line.split_once("default=") {
            Some((line, default)) => (line, Some(default)),
            None => (line, None),
        };
        let mut flags = Self {
            default,
            ..Self::default()
        };
        for word in line.split(' ') {
            match word.split_once('=') {
                None if word == "required" => flags.required = true,
                None if word == "atomic" => flags.atomic = true,
                None if word == "granular" => flags.granular = true,
                None if word == "merge" => flags.patch.merge = true,
                None if word == "retainKeys" => flags.patch.retain_keys = true,
                Some(("key", key)) => flags.patch.merge_key = Some(key.to_owned()),
                Some(("list", "set")) => flags.topology = Some(Topology::Set),
                Some(("list", keys)) => {
                    let keys = keys.split(',').map(str::to_owned).collect();
                    flags.topology = Some(Topology::Map(keys));
                }
                _ => {}
            }
        }
        flags
    }
}

fn field(field: &go::Field) -> Field {
    let flags = Flags::read(field.flags);
    let default = match flags.default {
        Some(default) => serde_json::from_str(default).ok(),
        None => implied_default(field),
    };
    Field {
        // Go writes a null for a pointer to nothing.
        required: flags.required || is_written_as_null(field),
        default,
        schema: if flags.granular {
            granular(&field.of.kind)
        } else {
            let atomic = flags.atomic || field.of.is_extension();
            schema(&field.of.kind, atomic, flags.topology)
        },
        patch: flags.patch,
    }
}

fn is_written_as_null(field: &go::Field) -> bool {
    matches!(field.of.kind, Kind::Pointer(_)) && !field.omitempty
}

/// What OpenAPI gives as the default of each field of such a type: Go's zero value.
fn implied_default(field: &go::Field) -> Option<Value> {
    match &field.of.kind {
        Kind::Struct(_) => Some(json!({})),
        Kind::String if !field.omitempty => Some(json!("")),
        Kind::Bool if !field.omitempty => Some(json!(false)),
        Kind::Int32 | Kind::Int64 if !field.omitempty => Some(json!(0)),
        _ => None,
    }
}

/// The schema of a struct whose fields are owned one by one.
fn granular(kind: &Kind) -> SchemaRef {
    match kind {
        Kind::Pointer(of) => granular(&of.kind),
        Kind::Struct(named) => {
            let mut schema = of(named);
            if let Shape::Object(object) = &mut schema.shape {
                object.atomic = false;
            }
            schema.into()
        }
        kind => schema(kind, false, None),
    }
}

fn schema(kind: &Kind, atomic: bool, topology: Option<Topology>) -> SchemaRef {
    let shape = match kind {
        Kind::Struct(named) => return SchemaRef::from(*named),
        Kind::Pointer(of) => return schema(&of.kind, atomic, topology),
        Kind::Raw if atomic => Shape::Map {
            values: Schema::from(Shape::Any).into(),
            atomic,
        },
        Kind::Raw | Kind::SchemaOr(_) => Shape::Any,
        Kind::List(items) => Shape::List {
            items: schema(&items.kind, false, None),
            topology: topology.unwrap_or(Topology::Atomic),
        },
        Kind::Map(values) => Shape::Map {
            values: schema(&values.kind, false, None),
            atomic,
        },
        Kind::String => Shape::Scalar(Scalar::String),
        Kind::Bool => Shape::Scalar(Scalar::Boolean),
        Kind::Int32 => Shape::Scalar(Scalar::Int32),
        Kind::Int64 => Shape::Scalar(Scalar::Int64),
        Kind::Float64 => Shape::Scalar(Scalar::Number),
        Kind::Bytes => Shape::Scalar(Scalar::Bytes),
        Kind::Quantity => Shape::Scalar(Scalar::Quantity),
        Kind::Time => Shape::Scalar(Scalar::Time),
        Kind::MicroTime => Shape::Scalar(Scalar::MicroTime),
        Kind::IntOrString => Shape::Scalar(Scalar::IntOrString),
    };
    Schema::from(shape).into()
}
