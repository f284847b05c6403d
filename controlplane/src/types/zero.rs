//! What Go writes of values that are not set, and what it leaves out.

use serde_json::{Map, Value, json};

use super::go::{Field, Kind, Named, Other, Type};

/// What is written of a struct in which nothing was set.
pub(super) fn zero_struct(named: &'static Named) -> Value {
    let mut fields = Map::new();
    complete(named, &mut fields);
    Value::Object(fields)
}

/// Adds what Go writes of fields that are not set, and takes away what it leaves out.
pub(super) fn complete(named: &'static Named, fields: &mut Map<String, Value>) {
    for field in named.fields() {
        match fields.get(field.name) {
            Some(value) if field.omitempty && field.of.is_empty(value) => {
                fields.remove(field.name);
            }
            Some(Value::Null) if field.omitzero => {
                fields.remove(field.name);
            }
            Some(_) => {}
            None => {
                if let Some(zero) = field.zero() {
                    fields.insert(field.name.into(), zero);
                }
            }
        }
    }
}

impl Field {
    /// What is written of it where it is not set; none where it is left out.
    fn zero(&self) -> Option<Value> {
        if self.omitzero {
            return None;
        }
        let zero = self.of.zero();
        (!(self.omitempty && self.of.is_empty(&zero) && !self.of.is_by_value())).then_some(zero)
    }
}

impl Type {
    /// A struct in Go, which `omitempty` does not leave out.
    fn is_by_value(&self) -> bool {
        matches!(
            self.kind,
            Kind::Struct(_)
                | Kind::Time
                | Kind::MicroTime
                | Kind::Quantity
                | Kind::IntOrString
                | Kind::Raw
                | Kind::SchemaOr(_)
        )
    }

    /// Go's zero value of it, as it is written.
    pub(super) fn zero(&self) -> Value {
        match &self.kind {
            Kind::String => json!(""),
            Kind::Bool | Kind::SchemaOr(Other::Bool) => json!(false),
            Kind::Int32 | Kind::Int64 | Kind::Float64 | Kind::IntOrString => json!(0),
            Kind::Quantity => json!("0"),
            Kind::Struct(named) => zero_struct(named),
            _ => Value::Null,
        }
    }
}
