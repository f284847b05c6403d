//! Objects in protobuf, byte for byte as the code that gogo/protobuf generates writes them: what is no pointer is always
//! there, in the order of its numbers.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    super::{
        base64,
        go::{Field, Kind, Named, Other, Type},
        kind,
    },
    PREFIX,
    wire::Message,
};

/// An object with what stands around it; none where its kind is not built in.
pub fn protobuf(object: &Value) -> Option<Vec<u8>> {
    let text = |name: &str| object[name].as_str().unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let mut meta = Message::default();
    meta.bytes(1, api_version.as_bytes());
    meta.bytes(2, kind.as_bytes());
    let mut envelope = Message::default();
    envelope.bytes(1, &meta.0);
    envelope.bytes(2, &content(api_version, kind, object)?);
    // How the content is written: as ever.
    envelope.bytes(3, b"");
    envelope.bytes(4, b"");
    Some([PREFIX, &envelope.0].concat())
}

/// An event of a watch, in its frame: the object as it is written alone.
pub fn protobuf_event(kind: &str, object: &Value) -> Option<Vec<u8>> {
    let mut raw = Message::default();
    raw.bytes(1, &protobuf(object)?);
    let mut event = Message::default();
    event.bytes(1, kind.as_bytes());
    event.bytes(2, &raw.0);
    let length = u32::try_from(event.0.len()).ok()?.to_be_bytes();
    Some([&length[..], &event.0].concat())
}

fn content(api_version: &str, name: &str, object: &Value) -> Option<Vec<u8>> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if let Some(named) = kind(group, version, name) {
        return Some(message(named, object));
    }
    if name == "PartialObjectMetadata" {
        return partial(object);
    }
    let item = name.strip_suffix("List")?;
    let item: &dyn Fn(&Value) -> Option<Vec<u8>> = match kind(group, version, item) {
        Some(named) => &move |item| Some(message(named, item)),
        None if item == "PartialObjectMetadata" => &partial,
        None => return None,
    };
    let mut list = Message::default();
    list.bytes(
        1,
        &message(Named::of("meta.v1.ListMeta")?, &object["metadata"]),
    );
    for one in object["items"].as_array().into_iter().flatten() {
        list.bytes(2, &item(one)?);
    }
    Some(list.0)
}

fn partial(object: &Value) -> Option<Vec<u8>> {
    let mut partial = Message::default();
    let metadata = message(Named::of("meta.v1.ObjectMeta")?, &object["metadata"]);
    partial.bytes(1, &metadata);
    Some(partial.0)
}

fn message(named: &'static Named, value: &Value) -> Vec<u8> {
    let mut message = Message::default();
    embedded(named, &[], value, &mut message);
    message.0
}

/// The fields of a struct, or of one that is embedded in it, whose numbers all begin with `path`.
fn embedded(named: &'static Named, path: &[u32], value: &Value, message: &mut Message) {
    let within = || {
        let fields = named.fields().iter();
        fields.filter(|it| it.numbers.len() > path.len() && it.numbers.starts_with(path))
    };
    let mut numbers: Vec<u32> = within().map(|it| it.numbers[path.len()]).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let path = [path, &[number]].concat();
        if let Some(field) = within().find(|it| it.numbers == path) {
            of_field(field, number, &value[field.name], message);
        } else {
            let mut inner = Message::default();
            embedded(named, &path, value, &mut inner);
            message.bytes(number, &inner.0);
        }
    }
}

fn of_field(field: &Field, number: u32, value: &Value, message: &mut Message) {
    match &field.of.kind {
        Kind::Pointer(_) | Kind::Bytes if value.is_null() => {}
        Kind::Pointer(of) => single(&of.kind, number, value, message),
        Kind::List(of) => {
            for item in value.as_array().into_iter().flatten() {
                single(&of.kind, number, item, message);
            }
        }
        Kind::Map(of) => {
            let mut entries: Vec<_> = value.as_object().into_iter().flatten().collect();
            entries.sort_by_key(|(key, _)| *key);
            for (key, value) in entries {
                message.bytes(number, &map_entry(key, of, value));
            }
        }
        kind => single(kind, number, value, message),
    }
}

fn map_entry(key: &str, of: &Type, value: &Value) -> Vec<u8> {
    let mut entry = Message::default();
    entry.bytes(1, key.as_bytes());
    match &of.kind {
        // A list has a message of its own, since protobuf knows no lists as values.
        Kind::List(of) => {
            let mut items = Message::default();
            for item in value.as_array().into_iter().flatten() {
                single(&of.kind, 1, item, &mut items);
            }
            entry.bytes(2, &items.0);
        }
        Kind::Bytes if value.is_null() => {}
        kind => single(kind, 2, value, &mut entry),
    }
    entry.0
}

fn single(kind: &Kind, number: u32, value: &Value, message: &mut Message) {
    let text = value.as_str().unwrap_or_default();
    match kind {
        Kind::Bool => message.varint(number, value.as_bool().unwrap_or_default().into()),
        Kind::Int32 | Kind::Int64 => message.integer(number, value.as_i64().unwrap_or_default()),
        Kind::Float64 => message.double(number, value.as_f64().unwrap_or_default()),
        Kind::String => message.bytes(number, text.as_bytes()),
        Kind::Bytes => {
            message.bytes(
                number,
                &base64::decoded(text.as_bytes()).unwrap_or_default(),
            );
        }
        Kind::Struct(named) => message.bytes(number, &self::message(named, value)),
        Kind::Quantity => {
            let mut quantity = Message::default();
            quantity.bytes(1, value.as_str().unwrap_or("0").as_bytes());
            message.bytes(number, &quantity.0);
        }
        Kind::Time | Kind::MicroTime => message.bytes(number, &moment(text)),
        Kind::IntOrString => message.bytes(number, &int_or_string(value)),
        Kind::Raw => {
            let mut raw = Message::default();
            if !value.is_null() {
                raw.bytes(1, value.to_string().as_bytes());
            }
            message.bytes(number, &raw.0);
        }
        Kind::SchemaOr(other) => message.bytes(number, &schema_or(*other, value)),
        Kind::Pointer(of) => single(&of.kind, number, value, message),
        // Protobuf has neither within a list or a map, and Kubernetes has no such types.
        Kind::List(_) | Kind::Map(_) => {}
    }
}

/// Of no time nothing is written.
fn moment(text: &str) -> Vec<u8> {
    let mut message = Message::default();
    if let Ok(moment) = text.parse::<Timestamp>() {
        message.integer(1, moment.as_second());
        message.integer(2, moment.subsec_nanosecond().into());
    }
    message.0
}

fn int_or_string(value: &Value) -> Vec<u8> {
    let mut message = Message::default();
    message.varint(1, value.is_string().into());
    message.integer(2, value.as_i64().unwrap_or_default());
    message.bytes(3, value.as_str().unwrap_or_default().as_bytes());
    message.0
}

fn schema_or(other: Other, value: &Value) -> Vec<u8> {
    let props = Named::of("apiextensions.v1.JSONSchemaProps").expect("the table has it");
    let schema = value.is_object().then(|| message(props, value));
    let mut message = Message::default();
    let of_schema = match other {
        Other::Bool => {
            let allows = value.as_bool().unwrap_or(schema.is_some());
            message.varint(1, allows.into());
            2
        }
        Other::Schemas | Other::Strings => 1,
    };
    if let Some(schema) = schema {
        message.bytes(of_schema, &schema);
    }
    for item in value.as_array().into_iter().flatten() {
        match item.as_str() {
            Some(text) => message.bytes(2, text.as_bytes()),
            None => message.bytes(2, &self::message(props, item)),
        }
    }
    message.0
}
