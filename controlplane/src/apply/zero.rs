//! What is there of a built-in object before it is: Go's zero value of its type, in JSON.
//!
//! Structs are always there, and so are fields without `omitempty`: a null, an empty text, 0 or false. A schema tells of
//! a struct by its default `{}`, and of a scalar without `omitempty` by its default, or because it is required. What is
//! null in an object as it was decoded is of the latter sort, too: all other nulls are left out.

use serde_json::{Map, Value};

use crate::{Field, Scalar, Schema, Shape};

/// The zero of a type, as far as an object of it says anything.
pub(super) fn zero(schema: &Schema, object: &Value) -> Value {
    let (Shape::Object(of), Value::Object(values)) = (&schema.shape, object) else {
        return Value::Null;
    };
    let fields = values.iter().filter_map(|(name, value)| {
        let zero = of_field(of.fields.get(name)?, value)?;
        Some((name.clone(), zero))
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

/// Nothing where it is left out.
fn of_field(field: &Field, value: &Value) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    let default = field.default.as_ref();
    match &field.schema.shape {
        Shape::Object(_) => {
            let is_struct = default
                .and_then(Value::as_object)
                .is_some_and(Map::is_empty);
            if is_struct {
                return Some(zero(&field.schema, value));
            }
            field.required.then_some(Value::Null)
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
