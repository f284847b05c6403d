//! An object without a type as a value of a built-in type: what a strategic merge patch is decoded by.
//!
//! It takes and refuses other values than the decoder of JSON does. Rules and texts: apimachinery's
//! `pkg/runtime/converter.go`.

use serde_json::{Map, Number, Value, json};

use super::{
    base64,
    go::{Kind, Named, Type},
    json::{Json, quoted},
    unmarshal::{self, Read},
    zero,
};

/// Reads an object of a type.
pub(super) fn read(named: &'static Named, object: &Value) -> Result<Read, String> {
    let mut converter = Converter::default();
    let value = converter.of_struct(named, object)?;
    converter.unknown.sort();
    Ok(Read {
        value,
        strict: converter.unknown,
    })
}

#[derive(Default)]
struct Converter {
    path: String,
    unknown: Vec<String>,
}

impl Converter {
    fn value(&mut self, of: &Type, value: &Value) -> Result<Value, String> {
        if value.is_null() {
            return Ok(of.zero());
        }
        match (&of.kind, value) {
            (Kind::Pointer(of), value) => self.value(of, value),
            (Kind::Struct(named), value) => self.of_struct(named, value),
            (Kind::List(of), Value::Array(items)) => self.list(of, items),
            (Kind::Bytes, Value::String(text)) => match base64::canonical(text) {
                Ok(text) => Ok(text.into()),
                Err(wrong) => Err(format!("error decoding from json: {wrong}")),
            },
            (Kind::List(_) | Kind::Bytes, value) => {
                Err(format!("cannot restore slice from {}", kind(value)))
            }
            (Kind::Map(of), Value::Object(entries)) => self.map(of, entries),
            (Kind::Map(_), value) => Err(format!("cannot restore map from {}", kind(value))),
            (Kind::String | Kind::Bool | Kind::Int32 | Kind::Int64 | Kind::Float64, value) => {
                scalar(of, value)
            }
            _ => unmarshal::of_itself(of, &Json::from(value)),
        }
    }

    fn of_struct(&mut self, named: &'static Named, value: &Value) -> Result<Value, String> {
        let Value::Object(entries) = value else {
            return Err(format!("cannot restore struct from: {}", kind(value)));
        };
        let mut fields = Map::new();
        for field in named.fields() {
            let Some(value) = entries.get(field.name).filter(|it| !it.is_null()) else {
                continue;
            };
            let value = self.within(field.name, |it| it.value(&field.of, value))?;
            fields.insert(field.name.into(), value);
        }
        for name in entries.keys().filter(|it| named.field(it).is_none()) {
            let path = self.joined(name);
            self.unknown
                .push(format!("unknown field {}", quoted(&path)));
        }
        zero::complete(named, &mut fields);
        Ok(Value::Object(fields))
    }

    fn list(&mut self, of: &Type, items: &[Value]) -> Result<Value, String> {
        let mut list = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            let length = self.path.len();
            self.path.extend(["[", &at.to_string(), "]"]);
            list.push(self.value(of, item)?);
            self.path.truncate(length);
        }
        Ok(Value::Array(list))
    }

    fn map(&mut self, of: &Type, entries: &Map<String, Value>) -> Result<Value, String> {
        let mut map = Map::new();
        for (key, value) in entries {
            let value = self.within(key, |it| it.value(of, value))?;
            map.insert(key.clone(), value);
        }
        Ok(Value::Object(map))
    }

    fn within<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path = self.joined(name);
        let read = read(self);
        self.path.truncate(length);
        read
    }

    fn joined(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "Go converts so, too: without a check"
)]
#[expect(
    clippy::cast_precision_loss,
    reason = "Go converts so, too: without a check"
)]
fn scalar(of: &Type, value: &Value) -> Result<Value, String> {
    let whole = |number: &Number| {
        let float = number
            .as_f64()
            .filter(|it| it.fract() == 0.0)
            .map(|it| it as i64);
        number.as_i64().or(float)
    };
    let converted = match (&of.kind, value) {
        (Kind::String, Value::String(_)) | (Kind::Bool, Value::Bool(_)) => Some(value.clone()),
        (Kind::Int32, Value::Number(number)) => whole(number).map(|it| json!(it as i32)),
        (Kind::Int64, Value::Number(number)) => whole(number).map(|it| json!(it)),
        (Kind::Float64, Value::Number(number)) => match number.as_i64() {
            Some(whole) => unmarshal::float(whole as f64),
            None => number.as_f64().and_then(unmarshal::float),
        },
        (Kind::String, Value::Number(number)) if number.is_i64() => None,
        _ => return Err(format!("unrecognized type: {}", of.go_kind())),
    };
    converted.ok_or_else(|| format!("cannot convert {} to {}", kind(value), of.go_name()))
}

/// What Go's reflection calls it.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}
