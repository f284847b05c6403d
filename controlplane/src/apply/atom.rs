//! A type as structured merge sees it: a scalar, a list or a map; where a type allows several, the value decides.
//!
//! Follows kube-openapi's `schemaconv` and structured-merge-diff's `typed/helpers.go`.

use serde_json::{Map, Value};

use super::{Element, problem::Problems};
use crate::{Object, Scalar, Schema, Shape, Topology};

/// The type of a value.
#[derive(Clone, Copy)]
pub(super) enum Type<'a> {
    /// What a schema says. Below an object that keeps unknown fields, all objects do.
    Known { schema: &'a Schema, open: bool },
    /// Nothing is known: maps are merged, lists are not (`__untyped_deduced_`).
    Deduced,
    /// Nothing is known, and nothing is merged (`__untyped_atomic_`).
    Untyped,
}

/// What a value is treated as.
#[derive(Clone, Copy)]
pub(super) enum Atom<'a> {
    Scalar(Kind),
    List(List<'a>),
    Map(Fields<'a>),
}

/// What a scalar may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Flag,
    Any,
}

/// How a list is merged, and the type of its items.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    pub(super) items: Type<'a>,
    pub(super) topology: &'a Topology,
}

/// The types of the fields of a map or an object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    known: Option<&'a Object>,
    /// The type of all others; none where there may be no others.
    others: Option<Type<'a>>,
    pub(super) atomic: bool,
    /// Whether what is below keeps unknown fields.
    open: bool,
}

impl<'a> Type<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        Self::Known {
            schema,
            open: false,
        }
    }

    /// What to treat a value as; a null, and a value of a wrong type, as what the type is first of all.
    pub(super) fn atom(self, value: Option<&Value>) -> Atom<'a> {
        match self {
            Self::Known { schema, open } => match &schema.shape {
                Shape::Any | Shape::Scalar(Scalar::IntOrString) => Self::Deduced.atom(value),
                Shape::Scalar(scalar) => Atom::Scalar(Kind::of(*scalar)),
                Shape::Object(object) => Atom::Map(Fields::of(object, open)),
                Shape::Map { values, atomic } => Atom::Map(Fields {
                    known: None,
                    others: Some(Self::Known {
                        schema: values,
                        open,
                    }),
                    atomic: *atomic,
                    open,
                }),
                Shape::List { items, topology } => Atom::List(List {
                    items: Self::Known {
                        schema: items,
                        open,
                    },
                    topology,
                }),
            },
            Self::Deduced | Self::Untyped => match value {
                Some(Value::Array(_)) => Atom::List(List {
                    items: Self::Untyped,
                    topology: &Topology::Atomic,
                }),
                Some(Value::Object(_) | Value::Null) | None => Atom::Map(Fields {
                    known: None,
                    others: Some(self),
                    atomic: matches!(self, Self::Untyped),
                    open: true,
                }),
                Some(_) => Atom::Scalar(Kind::Any),
            },
        }
    }

    /// Whether two values of this type are treated as the same.
    pub(super) fn treats_alike(self, one: &Value, other: &Value) -> bool {
        let several = match self {
            Self::Known { schema, .. } => {
                matches!(
                    schema.shape,
                    Shape::Any | Shape::Scalar(Scalar::IntOrString)
                )
            }
            Self::Deduced | Self::Untyped => true,
        };
        !several || form(one) == form(other)
    }
}

fn form(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Array(_) => 1,
        Value::Object(_) => 2,
        _ => 3,
    }
}

impl Kind {
    fn of(scalar: Scalar) -> Self {
        match scalar {
            Scalar::String | Scalar::Bytes => Self::Text,
            Scalar::Int32 | Scalar::Int64 | Scalar::Number => Self::Number,
            Scalar::Boolean => Self::Flag,
            Scalar::IntOrString | Scalar::Quantity | Scalar::Time | Scalar::MicroTime => Self::Any,
        }
    }

    pub(super) fn takes(self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::String(_) => matches!(self, Self::Text | Self::Any),
            Value::Number(_) => matches!(self, Self::Number | Self::Any),
            Value::Bool(_) => matches!(self, Self::Flag | Self::Any),
            Value::Array(_) | Value::Object(_) => false,
        }
    }
}

impl<'a> Fields<'a> {
    fn of(object: &'a Object, open: bool) -> Self {
        let open = open || object.keeps_unknown;
        Self {
            known: Some(object),
            others: (open || object.fields.is_empty()).then_some(Type::Deduced),
            atomic: object.atomic,
            open,
        }
    }

    /// The type of a field, if there may be such a field.
    pub(super) fn field(&self, name: &str) -> Option<Type<'a>> {
        self.named(name).or(self.others)
    }

    /// The type of a field that the object names.
    pub(super) fn named(&self, name: &str) -> Option<Type<'a>> {
        let field = self.known?.fields.get(name)?;
        Some(Type::Known {
            schema: &field.schema,
            open: self.open,
        })
    }

    fn default(&self, name: &str) -> Option<&'a Value> {
        self.known?.fields.get(name)?.default.as_ref()
    }

    /// Whether it is nothing but fields of types that are not known.
    pub(super) fn is_deduced(&self) -> bool {
        matches!(self.others, Some(Type::Deduced))
            && self.known.is_none_or(|object| object.fields.is_empty())
    }
}

impl List<'_> {
    /// How an item is known in the list.
    pub(super) fn element(&self, item: &Value) -> Result<Element, String> {
        match self.topology {
            Topology::Atomic => Err("invalid indexing of non-associative list".into()),
            Topology::Set => match item {
                Value::Object(_) => {
                    Err("associative list without keys has an element that's a map type".into())
                }
                Value::Array(_) => {
                    Err("not supported: associative list with lists as elements".into())
                }
                Value::Null => Err(
                    "associative list without keys has an element that's an explicit null".into(),
                ),
                scalar => Ok(Element::Value(scalar.clone())),
            },
            Topology::Map(keys) => match item {
                Value::Object(item) => self.keyed(keys, item),
                Value::Null => Err("associative list with keys may not have a null element".into()),
                _ => Err("associative list with keys may not have non-map elements".into()),
            },
        }
    }

    fn keyed(&self, keys: &[String], item: &Map<String, Value>) -> Result<Element, String> {
        let fields = match self.items.atom(None) {
            Atom::Map(fields) => Some(fields),
            _ => None,
        };
        let values = keys.iter().filter_map(|key| {
            let value = item.get(key).or_else(|| fields?.default(key))?;
            Some((key.clone(), value.clone()))
        });
        let mut values: Vec<_> = values.collect();
        if values.is_empty() && !keys.is_empty() {
            let keys: Vec<_> = keys.iter().map(|key| super::go::quoted(key)).collect();
            return Err(format!(
                "associative list with keys has an element that omits all key fields [{}] \
                 (and doesn't have default values for any key fields)",
                keys.join(" ")
            ));
        }
        values.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Element::Key(values))
    }

    /// The items of a list, each with its element.
    pub(super) fn elements<'v>(
        &self,
        items: &'v [Value],
    ) -> Result<Vec<(Element, &'v Value)>, Problems> {
        let mut problems = Problems::default();
        let mut elements = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            match self.element(item) {
                Ok(element) => elements.push((element, item)),
                Err(message) => problems.push(format!("element {place}: {message}")),
            }
        }
        problems.or(elements)
    }
}

/// A list's items; none for null and for what is no list.
pub(super) fn items(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A map's fields; none for null and for what is no map.
pub(super) fn fields(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value?.as_object()
}
