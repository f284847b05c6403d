//! An object of a built-in type that nothing is said of: what Go's zero value of it looks like in JSON.
//!
//! Structs are always there, and so are fields without `omitempty`. The OpenAPI documents tell both: a struct has the
//! default `{}`, and a field without `omitempty` is required or has the zero of its type as its default.

use serde_json::{Map, Value};

use crate::{Field, Scalar, Schema, Shape};

/// The zero of a type.
pub(super) fn zero(schema: &Schema) -> Value {
    let Shape::Object(object) = &schema.shape else {
        return Value::Null;
    };
    let fields = object.fields.iter();
    let fields = fields.filter_map(|(name, field)| Some((name.clone(), of_field(field)?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Nothing where it is left out.
fn of_field(field: &Field) -> Option<Value> {
    let default = field.default.as_ref();
    match &field.schema.shape {
        Shape::Object(_) => {
            let always = default
                .and_then(Value::as_object)
                .is_some_and(Map::is_empty);
            always
                .then(|| zero(&field.schema))
                .or(field.required.then_some(Value::Null))
        }
        Shape::Scalar(scalar) => {
            let zero = match scalar {
                Scalar::String => "".into(),
                Scalar::Int32 | Scalar::Int64 | Scalar::Number => 0.into(),
                Scalar::Boolean => false.into(),
                _ => Value::Null,
            };
            (field.required || default == Some(&zero)).then_some(zero)
        }
        Shape::Any | Shape::Map { .. } | Shape::List { .. } => {
            field.required.then_some(Value::Null)
        }
    }
}
