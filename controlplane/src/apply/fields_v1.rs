//! Sets of fields in JSON, as in `fieldsV1` (structured-merge-diff's `fieldpath/serialize.go`, `serialize-pe.go`).

use serde_json::{Map, Value};

use super::{Element, FieldSet, go};

impl FieldSet {
    /// As in `fieldsV1`.
    pub fn to_json(&self) -> Value {
        Value::Object(self.written(false))
    }

    fn written(&self, itself: bool) -> Map<String, Value> {
        let mut fields = Map::new();
        if itself {
            fields.insert(".".into(), Value::Object(Map::new()));
        }
        for (element, member, below) in self.iter() {
            let both = member && !below.is_empty();
            fields.insert(key(element), Value::Object(below.written(both)));
        }
        fields
    }

    /// Reads what [`to_json`](Self::to_json) writes; elements of a kind that is not known are dropped.
    pub fn from_json(json: &Value) -> Result<Self, String> {
        match json {
            Value::Object(fields) => Ok(read(fields)?.0),
            Value::Null => Ok(Self::default()),
            _ => Err("ReadMapCB: expect { or n".into()),
        }
    }
}

/// The paths, and whether what holds them is of the set itself.
fn read(fields: &Map<String, Value>) -> Result<(FieldSet, bool), String> {
    let mut set = FieldSet::default();
    let mut itself = false;
    for (key, value) in fields {
        if key == "." {
            itself = true;
        } else if let Some(element) = element(key)? {
            let (below, member) = match value {
                Value::Object(fields) => read(fields)?,
                Value::Null => (FieldSet::default(), true),
                _ => return Err("ReadMapCB: expect { or n".into()),
            };
            set.add(element, member, below);
        }
    }
    let member = itself || set.iter().next().is_none();
    Ok((set, member))
}

/// `f:name`, `k:{"name":"a"}`, `v:"a"`, `i:0`.
fn key(element: &Element) -> String {
    match element {
        Element::Field(name) => format!("f:{name}"),
        Element::Key(keys) => {
            let mut text = String::from("k:{");
            for (place, (name, value)) in keys.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                go::json_text(name, false, &mut text);
                text.push(':');
                go::json(value, &mut text);
            }
            text.push('}');
            text
        }
        Element::Value(value) => {
            let mut text = String::from("v:");
            go::json(value, &mut text);
            text
        }
        Element::Index(place) => format!("i:{place}"),
    }
}

/// Nothing where the kind of the element is not known.
fn element(key: &str) -> Result<Option<Element>, String> {
    if key.len() < 2 {
        return Err("key must be 2 characters long:".into());
    }
    if key.as_bytes()[1] != b':' {
        return Err(format!("missing colon: {key}"));
    }
    let rest = &key[2..];
    Ok(match key.as_bytes()[0] {
        b'f' => Some(Element::Field(rest.into())),
        b'v' => Some(Element::Value(value(rest)?)),
        b'i' => Some(Element::Index(
            rest.parse().map_err(|_| format!("invalid index: {rest}"))?,
        )),
        b'k' => match value(rest)? {
            Value::Object(keys) => Some(Element::Key(keys.into_iter().collect())),
            _ => return Err("ReadObjectCB: expect { or n".into()),
        },
        _ => None,
    })
}

/// JSON as Go reads it where it knows no type: each number is a float.
fn value(text: &str) -> Result<Value, String> {
    let value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(with_floats(value))
}

fn with_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().into(),
        Value::Array(items) => items.into_iter().map(with_floats).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(key, value)| (key, with_floats(value)))
                .collect(),
        ),
        other => other,
    }
}
