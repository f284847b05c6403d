//! Bodies in protobuf, which `kubectl create` and typed clients send and ask for: by the numbers of the table.
//!
//! Texts: the code that gogo/protobuf generates, apimachinery's `pkg/runtime/serializer/protobuf`.

mod openapi;
mod wire;
mod written;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(super) use self::openapi::openapi;
use self::wire::{Entry, Payload, entries};
pub use self::written::{protobuf, protobuf_event};
use super::{
    base64,
    go::{Field, Kind, Named, Other, Type},
    json::Json,
    quantity::Quantity,
    time::Precision,
    unmarshal::{self, Read},
    zero,
};
use crate::deep::DEEPEST;

const PREFIX: &[u8] = b"k8s\0";

/// What stands around an object: `runtime.Unknown`.
pub(super) struct Envelope<'a> {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) object: &'a [u8],
}

impl<'a> Envelope<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, String> {
        if body.is_empty() {
            return Err("empty data".into());
        }
        let Some(rest) = body.strip_prefix(PREFIX) else {
            let why = "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]";
            return Err(why.into());
        };
        if rest.is_empty() {
            return Err("empty body".into());
        }
        let mut envelope = Self {
            api_version: String::new(),
            kind: String::new(),
            object: &[],
        };
        for entry in entries("Unknown", rest)? {
            match (entry.number, entry.bytes("TypeMeta")) {
                (1, meta) => envelope.type_meta(meta?)?,
                (2, object) => envelope.object = object?,
                _ => {}
            }
        }
        Ok(envelope)
    }

    fn type_meta(&mut self, bytes: &[u8]) -> Result<(), String> {
        for entry in entries("TypeMeta", bytes)? {
            match entry.number {
                1 => self.api_version = text(entry.bytes("APIVersion")?),
                2 => self.kind = text(entry.bytes("Kind")?),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads a message of a type.
pub(super) fn read(named: &'static Named, bytes: &[u8]) -> Result<Read, String> {
    Ok(Read {
        value: message(named, bytes, 0)?,
        strict: Vec::new(),
    })
}

/// A message, and how many it is within.
fn message(named: &'static Named, bytes: &[u8], depth: usize) -> Result<Value, String> {
    if depth > DEEPEST {
        return Err("exceeded max depth".into());
    }
    let mut fields = Map::new();
    embedded(named, named.short_name(), &[], (bytes, depth), &mut fields)?;
    zero::complete(named, &mut fields);
    Ok(Value::Object(fields))
}

/// Reads the fields of a struct, or of one that is embedded in it, whose numbers all begin with `path`.
fn embedded(
    named: &'static Named,
    name: &str,
    path: &[u32],
    (bytes, depth): (&[u8], usize),
    fields: &mut Map<String, Value>,
) -> Result<(), String> {
    for entry in entries(name, bytes)? {
        let path = [path, &[entry.number]].concat();
        let mut within = named
            .fields()
            .iter()
            .filter(|it| it.numbers.starts_with(&path));
        match within.next() {
            Some(field) if field.numbers == path => {
                let before = fields.remove(field.name);
                fields.insert(
                    field.name.into(),
                    value(field, &field.of, (&entry, depth), before)?,
                );
            }
            Some(field) => {
                let name = field
                    .within
                    .get(path.len() - 1)
                    .copied()
                    .unwrap_or_default();
                embedded(named, name, &path, (entry.bytes(name)?, depth), fields)?;
            }
            None => entry.skipped()?,
        }
    }
    Ok(())
}

fn value(
    field: &Field,
    of: &Type,
    (entry, depth): (&Entry<'_>, usize),
    before: Option<Value>,
) -> Result<Value, String> {
    let name = go_name(field.name);
    match &of.kind {
        Kind::Pointer(of) => value(field, of, (entry, depth), before),
        Kind::List(of) => {
            let mut items = match before {
                Some(Value::Array(items)) => items,
                _ => Vec::new(),
            };
            match (&of.kind, &entry.payload) {
                (Kind::Int32 | Kind::Int64, Payload::Bytes(bytes)) => {
                    let numbers = wire::packed(bytes)?;
                    items.extend(numbers.into_iter().map(|it| integer(&of.kind, it)));
                }
                _ => items.push(value(field, of, (entry, depth), None)?),
            }
            Ok(Value::Array(items))
        }
        Kind::Map(of) => {
            let mut map = match before {
                Some(Value::Object(map)) => map,
                _ => Map::new(),
            };
            let (key, value) = map_entry(field, of, entry.bytes(&name)?, depth)?;
            map.insert(key, value);
            Ok(Value::Object(map))
        }
        kind => single(kind, &name, entry, depth),
    }
}

fn map_entry(
    field: &Field,
    of: &Type,
    bytes: &[u8],
    depth: usize,
) -> Result<(String, Value), String> {
    let mut key = String::new();
    let mut found = of_nothing(of);
    for entry in entries("map", bytes)? {
        match (entry.number, &of.kind) {
            (1, _) => key = text(entry.bytes("key")?),
            // A list has a message of its own, since protobuf knows no lists as values.
            (2, Kind::List(_)) => {
                let mut list = None;
                for item in entries("items", entry.bytes("Items")?)? {
                    list = Some(value(field, of, (&item, depth), list)?);
                }
                found = list.unwrap_or(Value::Null);
            }
            (2, _) => found = value(field, of, (&entry, depth), None)?,
            _ => {}
        }
    }
    Ok((key, found))
}

/// The value of an entry that has none.
fn of_nothing(of: &Type) -> Value {
    match of.kind {
        Kind::Bytes => json!(""),
        _ => of.zero(),
    }
}

fn single(kind: &Kind, name: &str, entry: &Entry<'_>, depth: usize) -> Result<Value, String> {
    Ok(match kind {
        Kind::Bool => json!(entry.varint(name)? != 0),
        Kind::Int32 | Kind::Int64 => integer(kind, entry.varint(name)?),
        Kind::Float64 => unmarshal::float(entry.double(name)?).unwrap_or_default(),
        Kind::String => json!(text(entry.bytes(name)?)),
        Kind::Bytes => base64::encoded(entry.bytes(name)?).into(),
        Kind::Struct(named) => message(named, entry.bytes(name)?, depth + 1)?,
        Kind::Quantity => {
            let text = text(first(entry.bytes(name)?)?);
            Quantity::parse(&text)?.to_string().into()
        }
        Kind::Time => moment(Precision::Second, entry.bytes(name)?)?,
        Kind::MicroTime => moment(Precision::Microsecond, entry.bytes(name)?)?,
        Kind::IntOrString => int_or_string(entry.bytes(name)?)?,
        Kind::Raw => match first(entry.bytes(name)?)? {
            [] => Value::Null,
            raw => Value::from(&Json::read(raw)?),
        },
        Kind::SchemaOr(other) => schema_or(*other, entry.bytes(name)?, depth + 1)?,
        Kind::Pointer(_) | Kind::List(_) | Kind::Map(_) => Value::Null,
    })
}

/// The bytes of the field with the number 1.
fn first(bytes: &[u8]) -> Result<&[u8], String> {
    let mut found: &[u8] = &[];
    for entry in entries("message", bytes)?
        .iter()
        .filter(|it| it.number == 1)
    {
        found = entry.bytes("Raw")?;
    }
    Ok(found)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "protobuf keeps the lower bits"
)]
#[expect(
    clippy::cast_possible_wrap,
    reason = "protobuf writes negative numbers so"
)]
fn integer(kind: &Kind, bits: u64) -> Value {
    match kind {
        Kind::Int32 => json!(bits as i32),
        _ => json!(bits as i64),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "protobuf keeps the lower bits"
)]
#[expect(
    clippy::cast_possible_wrap,
    reason = "protobuf writes negative numbers so"
)]
fn moment(precision: Precision, bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let (mut seconds, mut nanos) = (0, 0);
    for entry in entries("Timestamp", bytes)? {
        match entry.number {
            1 => seconds = entry.varint("Seconds")? as i64,
            2 => nanos = entry.varint("Nanos")? as i32,
            _ => {}
        }
    }
    let moment = Timestamp::new(seconds, nanos).map_err(|it| it.to_string())?;
    Ok(precision.written(moment).into())
}

fn int_or_string(bytes: &[u8]) -> Result<Value, String> {
    let (mut is_text, mut number, mut letters) = (false, json!(0), String::new());
    for entry in entries("IntOrString", bytes)? {
        match entry.number {
            1 => is_text = entry.varint("Type")? == 1,
            2 => number = integer(&Kind::Int32, entry.varint("IntVal")?),
            3 => letters = text(entry.bytes("StrVal")?),
            _ => {}
        }
    }
    Ok(if is_text { letters.into() } else { number })
}

fn schema_or(other: Other, bytes: &[u8], depth: usize) -> Result<Value, String> {
    let props = Named::of("apiextensions.v1.JSONSchemaProps").expect("the table has it");
    let mut schema = None;
    let mut items = Vec::new();
    let mut allows = false;
    for entry in entries("JSONSchemaPropsOr", bytes)? {
        match (other, entry.number) {
            (Other::Bool, 1) => allows = entry.varint("Allows")? != 0,
            (Other::Bool, 2) | (Other::Schemas | Other::Strings, 1) => {
                schema = Some(message(props, entry.bytes("Schema")?, depth)?);
            }
            (Other::Schemas, 2) => items.push(message(props, entry.bytes("JSONSchemas")?, depth)?),
            (Other::Strings, 2) => items.push(text(entry.bytes("Property")?).into()),
            _ => {}
        }
    }
    Ok(match (schema, other) {
        (Some(schema), _) => schema,
        (None, Other::Bool) => allows.into(),
        (None, _) if items.is_empty() => Value::Null,
        (None, _) => items.into(),
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// As Go names a field, in a message.
fn go_name(name: &str) -> String {
    match name {
        "uid" | "url" | "tls" => name.to_uppercase(),
        _ => name[..1].to_uppercase() + &name[1..],
    }
}
