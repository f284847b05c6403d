//! A request's body as a value of a built-in type: what Go's decoder takes, and what its encoder writes of that.
//!
//! Rules, texts and order: `sigs.k8s.io/json/internal/golang/encoding/json/decode.go`.

mod own;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use self::own::{int_or_string, quantity, schema_or, time};
use super::{
    base64,
    go::{Kind, Named, Type},
    json::{Json, quoted},
    time::Precision,
    zero::{complete, zero_struct},
};

/// No more are told.
const MOST_STRICT_ERRORS: usize = 100;

/// What was read.
pub(super) struct Read {
    pub(super) value: Value,
    /// Unknown and duplicate fields, in their order.
    pub(super) strict: Vec<String>,
}

/// Reads a value of a type.
pub(super) fn read(named: &'static Named, json: &Json) -> Result<Read, String> {
    let mut decoder = Decoder::default();
    let value = match decoder.of_struct(named, json, None) {
        Ok(value) => value,
        Err(wrong) => return Err(decoder.placed(wrong).to_string()),
    };
    match decoder.saved {
        Some(wrong) => Err(wrong.to_string()),
        None => Ok(Read {
            value: value.unwrap_or_else(|| zero_struct(named)),
            strict: decoder.strict,
        }),
    }
}

/// Why a value can't be read.
#[derive(Clone)]
enum Wrong {
    /// Another type than Go has there.
    Type {
        value: String,
        wanted: String,
        owner: String,
        path: String,
    },
    /// What the type itself says.
    Own(String),
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Own(text) => f.write_str(text),
            Self::Type {
                value,
                wanted,
                owner,
                path,
            } if owner.is_empty() && path.is_empty() => {
                write!(
                    f,
                    "json: cannot unmarshal {value} into Go value of type {wanted}"
                )
            }
            Self::Type {
                value,
                wanted,
                owner,
                path,
            } => write!(
                f,
                "json: cannot unmarshal {value} into Go struct field {owner}.{path} of type {wanted}"
            ),
        }
    }
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

#[derive(Default)]
struct Decoder<'a> {
    /// The first wrong type: it is told once all is read.
    saved: Option<Wrong>,
    strict: Vec<String>,
    /// The struct whose field is being read.
    owner: &'static str,
    path: Vec<&'static str>,
    steps: Vec<Step<'a>>,
}

impl<'a> Decoder<'a> {
    /// With the struct and the path where it was found.
    fn placed(&self, wrong: Wrong) -> Wrong {
        match wrong {
            Wrong::Type {
                value,
                wanted,
                path,
                ..
            } if !self.owner.is_empty() => {
                let inner = Some(path.as_str()).filter(|it| !it.is_empty());
                let path = self
                    .path
                    .iter()
                    .copied()
                    .chain(inner)
                    .collect::<Vec<_>>()
                    .join(".");
                Wrong::Type {
                    value,
                    wanted,
                    owner: self.owner.into(),
                    path,
                }
            }
            wrong => wrong,
        }
    }

    fn save(&mut self, wrong: Wrong) {
        if self.saved.is_none() {
            self.saved = Some(self.placed(wrong));
        }
    }

    fn mismatch(&mut self, value: impl Into<String>, of: &Type) {
        self.save(mismatch(value, of.go_name()));
    }

    fn complain(&mut self, what: &str, name: &str) {
        let mut path = String::new();
        for step in &self.steps {
            match step {
                Step::Key(key) if path.is_empty() => path.push_str(key),
                Step::Key(key) => path.extend([".", key]),
                Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        if !self.steps.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        let complaint = format!("{what} {}", quoted(&path));
        if self.strict.len() < MOST_STRICT_ERRORS && !self.strict.contains(&complaint) {
            self.strict.push(complaint);
        }
    }

    /// A value of a type; none for one that is not set. An error ends the reading.
    fn value(
        &mut self,
        of: &Type,
        json: &'a Json,
        before: Option<Value>,
    ) -> Result<Option<Value>, Wrong> {
        match &of.kind {
            Kind::Pointer(_) if *json == Json::Null => Ok(None),
            Kind::Pointer(inner) => {
                let value = self.value(inner, json, before)?;
                Ok(Some(value.unwrap_or_else(|| inner.zero())))
            }
            Kind::Struct(named) => match json {
                Json::Object(_) | Json::Null => self.of_struct(named, json, before),
                _ => {
                    self.mismatch(json.name(), of);
                    Ok(before)
                }
            },
            Kind::List(items) => self.list(of, items, json, before),
            Kind::Map(values) => self.map(of, values, json, before),
            Kind::Bytes => Ok(self.bytes(of, json, before)),
            Kind::Raw => Ok(Some(json).filter(|it| **it != Json::Null).map(Value::from)),
            Kind::SchemaOr(other) => schema_or(*other, json).map(Some),
            Kind::Quantity => quantity(json).map(Some),
            Kind::Time => time(Precision::Second, json),
            Kind::MicroTime => time(Precision::Microsecond, json),
            Kind::IntOrString => int_or_string(json).map(Some),
            Kind::String | Kind::Bool | Kind::Int32 | Kind::Int64 | Kind::Float64 => {
                Ok(self.scalar(of, json, before))
            }
        }
    }

    fn scalar(&mut self, of: &Type, json: &Json, before: Option<Value>) -> Option<Value> {
        let value = match (&of.kind, json) {
            (_, Json::Null) => return before,
            (Kind::String, Json::String(text)) => Some(json!(text)),
            (Kind::Bool, Json::Bool(truth)) => Some(json!(truth)),
            (Kind::Int32, Json::Number(text)) => text.parse::<i32>().ok().map(Value::from),
            (Kind::Int64, Json::Number(text)) => text.parse::<i64>().ok().map(Value::from),
            (Kind::Float64, Json::Number(text)) => text.parse().ok().and_then(float),
            _ => {
                self.mismatch(json.name(), of);
                return before;
            }
        };
        if let (None, Json::Number(text)) = (&value, json) {
            self.mismatch(format!("number {text}"), of);
        }
        value.or(before)
    }

    fn of_struct(
        &mut self,
        named: &'static Named,
        json: &'a Json,
        before: Option<Value>,
    ) -> Result<Option<Value>, Wrong> {
        let Json::Object(entries) = json else {
            return Ok(before);
        };
        let mut fields = match before {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let (owner, depth, steps) = (self.owner, self.path.len(), self.steps.len());
        let mut seen: Vec<&str> = Vec::with_capacity(entries.len());
        for (key, json) in entries {
            let Some(field) = named.field(key) else {
                self.complain("unknown field", key);
                continue;
            };
            if seen.contains(&field.name) {
                self.complain("duplicate field", key);
            }
            seen.push(field.name);
            self.owner = named.short_name();
            self.path.extend(&field.within);
            self.path.push(field.name);
            self.steps.push(Step::Key(key));
            match self.value(&field.of, json, fields.remove(key))? {
                Some(value) => fields.insert(key.clone(), value),
                None => None,
            };
            self.owner = owner;
            self.path.truncate(depth);
            self.steps.truncate(steps);
        }
        complete(named, &mut fields);
        Ok(Some(Value::Object(fields)))
    }

    fn list(
        &mut self,
        of: &Type,
        items: &Type,
        json: &'a Json,
        before: Option<Value>,
    ) -> Result<Option<Value>, Wrong> {
        let values = match json {
            Json::Null => return Ok(None),
            Json::List(values) => values,
            _ => {
                self.mismatch(json.name(), of);
                return Ok(before);
            }
        };
        let mut before = match before {
            Some(Value::Array(before)) => before.into_iter(),
            _ => Vec::new().into_iter(),
        };
        let steps = self.steps.len();
        let mut list = Vec::with_capacity(values.len());
        for (index, json) in values.iter().enumerate() {
            self.steps.push(Step::Index(index));
            let value = self.value(items, json, before.next())?;
            list.push(value.unwrap_or_else(|| items.zero()));
            self.steps.truncate(steps);
        }
        Ok(Some(Value::Array(list)))
    }

    fn map(
        &mut self,
        of: &Type,
        values: &Type,
        json: &'a Json,
        before: Option<Value>,
    ) -> Result<Option<Value>, Wrong> {
        let entries = match json {
            Json::Null => return Ok(None),
            Json::Object(entries) => entries,
            _ => {
                self.mismatch(json.name(), of);
                return Ok(before);
            }
        };
        let mut map = match before {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let (owner, depth, steps) = (self.owner, self.path.len(), self.steps.len());
        let mut seen = HashSet::with_capacity(entries.len());
        for (key, json) in entries {
            if !seen.insert(key) {
                self.complain("duplicate field", key);
            }
            self.steps.push(Step::Key(key));
            let value = self.value(values, json, None)?;
            map.insert(key.clone(), value.unwrap_or_else(|| values.zero()));
            self.owner = owner;
            self.path.truncate(depth);
            self.steps.truncate(steps);
        }
        Ok(Some(Value::Object(map)))
    }

    fn bytes(&mut self, of: &Type, json: &'a Json, before: Option<Value>) -> Option<Value> {
        match json {
            Json::Null => None,
            Json::String(text) => match base64::canonical(text) {
                Ok(text) => Some(text.into()),
                Err(wrong) => {
                    self.save(Wrong::Own(wrong));
                    before
                }
            },
            Json::List(items) => {
                let mut bytes = Vec::with_capacity(items.len());
                for item in items {
                    let Json::Number(text) = item else {
                        self.save(mismatch(item.name(), "uint8".into()));
                        continue;
                    };
                    match text.parse() {
                        Ok(byte) => bytes.push(byte),
                        Err(_) => self.save(mismatch(format!("number {text}"), "uint8".into())),
                    }
                }
                Some(base64::encoded(&bytes).into())
            }
            _ => {
                self.mismatch(json.name(), of);
                before
            }
        }
    }
}

fn mismatch(value: impl Into<String>, wanted: String) -> Wrong {
    Wrong::Type {
        value: value.into(),
        wanted,
        owner: String::new(),
        path: String::new(),
    }
}

/// Whole numbers without a point, as Go writes them; none for what no number in JSON is.
pub(super) fn float(number: f64) -> Option<Value> {
    if !number.is_finite() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "only whole numbers below 2^53 are taken"
    )]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Some((number as i64).into());
    }
    Some(number.into())
}

/// A value of a type that reads itself.
pub(super) fn of_itself(of: &Type, json: &Json) -> Result<Value, String> {
    let mut decoder = Decoder::default();
    match decoder.value(of, json, None) {
        Ok(value) => Ok(value.unwrap_or_else(|| of.zero())),
        Err(wrong) => Err(wrong.to_string()),
    }
}
