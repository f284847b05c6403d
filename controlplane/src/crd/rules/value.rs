//! Values of CEL: those of an object stay where they are, and are looked at by their schema.
//!
//! Source: apiserver `pkg/cel/common/values.go` for how JSON is seen, the CEL specification for equality and order.

use std::{borrow::Cow, cmp::Ordering, rc::Rc, str::FromStr as _};

use base64::Engine as _;
use jiff::Timestamp;
use kube_cel::cel;
use serde_json::{Map, Value};

use super::escaping::unescaped;
use crate::{
    crd::structural::{ListType, Node, Type},
    go,
};

/// What an expression comes to, or Go's words for why it comes to nothing.
pub(super) type Outcome<'a> = Result<Val<'a>, Failure>;

/// Why an expression came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure(pub(super) Cow<'static, str>);

impl Failure {
    pub(super) const NO_OVERLOAD: Self = Self(Cow::Borrowed("no such overload"));

    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }

    pub(super) fn no_key(key: &str) -> Self {
        Self(format!("no such key: {key}").into())
    }
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Cow<'a, str>),
    Bytes(Rc<[u8]>),
    Time(Timestamp),
    /// In nanoseconds.
    Duration(i64),
    /// An object, or a map of an object.
    Object(&'a Map<String, Value>, Option<&'a Node>),
    /// A list in an object.
    Array(&'a [Value], &'a Node),
    /// A list that an expression made; with the schema of the list that it was made of, for sets and lists of type map.
    List(Rc<Vec<Val<'a>>>, Option<&'a Node>),
    /// A map that an expression made.
    Dict(Rc<Vec<(Val<'a>, Val<'a>)>>),
    Optional(Option<Box<Val<'a>>>),
    Type(&'static str),
    /// A value of Kubernetes' libraries: an address, a quantity, ….
    Foreign(cel::Value),
}

static ANYTHING: std::sync::LazyLock<Node> = std::sync::LazyLock::new(Node::default);

impl<'a> Val<'a> {
    /// A value of an object, by its schema.
    pub(super) fn of(value: &'a Value, node: Option<&'a Node>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Number(number) => of_number(number, node),
            Value::String(text) => of_text(text, node),
            Value::Array(items) => Self::Array(items, node.unwrap_or(&ANYTHING)),
            Value::Object(fields) => Self::Object(fields, node),
        }
    }

    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(items: Vec<Val<'a>>) -> Self {
        Self::List(Rc::new(items), None)
    }

    pub(super) fn some(value: Val<'a>) -> Self {
        Self::Optional(Some(Box::new(value)))
    }

    /// As `type()` names it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Time(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Array(..) | Self::List(..) => "list",
            Self::Object(..) | Self::Dict(_) => "map",
            Self::Optional(_) => "optional_type",
            Self::Type(_) => "type",
            Self::Foreign(_) => "opaque",
        }
    }

    /// The items of a list; none if it's none.
    pub(super) fn items(&self) -> Option<Vec<Val<'a>>> {
        match self {
            Self::Array(items, node) => {
                let of_item = node.items.as_deref();
                Some(items.iter().map(|item| Val::of(item, of_item)).collect())
            }
            Self::List(items, _) => Some(items.to_vec()),
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub(super) fn entries(&self) -> Option<Vec<(Val<'a>, Val<'a>)>> {
        match self {
            Self::Object(fields, node) => Some(
                fields
                    .iter()
                    .map(|(name, value)| {
                        let of_value = node.and_then(|node| node.field(name));
                        (Val::text(name.as_str()), Val::of(value, of_value))
                    })
                    .collect(),
            ),
            Self::Dict(entries) => Some(entries.to_vec()),
            _ => None,
        }
    }

    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(text.chars().count()),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::Array(items, _) => Some(items.len()),
            Self::List(items, _) => Some(items.len()),
            Self::Object(fields, _) => Some(fields.len()),
            Self::Dict(entries) => Some(entries.len()),
            _ => None,
        }
    }

    /// The field of an object by its name in CEL, or the value of a map.
    pub(super) fn field(&self, name: &str) -> Result<Option<Val<'a>>, Failure> {
        match self {
            Self::Object(fields, node) => {
                // The names of a map are data and not escaped.
                let is_map = node.is_some_and(|node| node.additional.schema().is_some());
                let key = if is_map { name.into() } else { unescaped(name) };
                Ok(fields.get(key.as_ref()).map(|value| {
                    let of_value = node.and_then(|node| node.field(&key));
                    Val::of(value, of_value)
                }))
            }
            Self::Dict(_) => Ok(self.value_of(&Val::text(name.to_owned()))),
            _ => Err(Failure::NO_OVERLOAD),
        }
    }

    /// The value of a key of a map.
    pub(super) fn value_of(&self, key: &Val<'_>) -> Option<Val<'a>> {
        match (self, key) {
            (Self::Object(fields, node), Val::Text(key)) => {
                let of_value = node.and_then(|node| node.field(key));
                fields
                    .get(key.as_ref())
                    .map(|value| Val::of(value, of_value))
            }
            (Self::Dict(entries), key) => {
                let found = entries.iter().find(|(known, _)| known.equals(key));
                found.map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    /// The schema of a list that isn't compared by the order of its items.
    fn unordered(&self) -> Option<&'a Node> {
        match self {
            Self::Array(_, node) | Self::List(_, Some(node)) => {
                matches!(node.list_type, ListType::Set | ListType::Map(_)).then_some(node)
            }
            _ => None,
        }
    }

    pub(super) fn equals(&self, other: &Val<'_>) -> bool {
        match (self, other) {
            (Self::Null, Val::Null) => true,
            (Self::Bool(one), Val::Bool(other)) => one == other,
            (Self::Text(one), Val::Text(other)) => one == other,
            (Self::Bytes(one), Val::Bytes(other)) => one == other,
            (Self::Time(one), Val::Time(other)) => one == other,
            (Self::Duration(one), Val::Duration(other)) => one == other,
            (Self::Type(one), Val::Type(other)) => one == other,
            (Self::Foreign(one), Val::Foreign(other)) => one == other,
            (Self::Optional(one), Val::Optional(other)) => match (one, other) {
                (Some(one), Some(other)) => one.equals(other),
                (one, other) => one.is_none() && other.is_none(),
            },
            (
                Self::Int(_) | Self::Uint(_) | Self::Double(_),
                Val::Int(_) | Val::Uint(_) | Val::Double(_),
            ) => self.compare(other) == Some(Ordering::Equal),
            (Self::Array(..) | Self::List(..), Val::Array(..) | Val::List(..)) => {
                self.same_items(other)
            }
            (Self::Object(..) | Self::Dict(_), Val::Object(..) | Val::Dict(_)) => {
                self.same_entries(other)
            }
            _ => false,
        }
    }

    fn same_items(&self, other: &Val<'_>) -> bool {
        let (Some(ours), Some(theirs)) = (self.items(), other.items()) else {
            return false;
        };
        if ours.len() != theirs.len() {
            return false;
        }
        if self.unordered().is_some() || other.unordered().is_some() {
            return ours
                .iter()
                .all(|one| theirs.iter().any(|other| one.equals(other)));
        }
        ours.iter()
            .zip(&theirs)
            .all(|(one, other)| one.equals(other))
    }

    fn same_entries(&self, other: &Val<'_>) -> bool {
        let (Some(ours), Some(_)) = (self.entries(), other.entries()) else {
            return false;
        };
        self.len() == other.len()
            && ours.iter().all(|(key, value)| {
                other
                    .value_of(key)
                    .is_some_and(|their| value.equals(&their))
            })
    }

    /// None where two values have no order.
    #[expect(clippy::match_same_arms, reason = "each is of types of its own")]
    #[expect(
        clippy::cast_precision_loss,
        reason = "as cel-go compares integers with floats"
    )]
    pub(super) fn compare(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(one), Val::Bool(other)) => Some(one.cmp(other)),
            (Self::Int(one), Val::Int(other)) => Some(one.cmp(other)),
            (Self::Uint(one), Val::Uint(other)) => Some(one.cmp(other)),
            (Self::Double(one), Val::Double(other)) => one.partial_cmp(other),
            (Self::Int(one), Val::Double(other)) => (*one as f64).partial_cmp(other),
            (Self::Double(one), Val::Int(other)) => one.partial_cmp(&(*other as f64)),
            (Self::Uint(one), Val::Double(other)) => (*one as f64).partial_cmp(other),
            (Self::Double(one), Val::Uint(other)) => one.partial_cmp(&(*other as f64)),
            (Self::Int(one), Val::Uint(other)) => Some(i128::from(*one).cmp(&i128::from(*other))),
            (Self::Uint(one), Val::Int(other)) => Some(i128::from(*one).cmp(&i128::from(*other))),
            (Self::Text(one), Val::Text(other)) => Some(one.cmp(other)),
            (Self::Bytes(one), Val::Bytes(other)) => Some(one.cmp(other)),
            (Self::Time(one), Val::Time(other)) => Some(one.cmp(other)),
            (Self::Duration(one), Val::Duration(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }

    /// Two lists in one; sets have no item twice, and items of the second list replace those with the same keys.
    pub(super) fn followed_by(&self, other: &Val<'a>) -> Option<Val<'a>> {
        let (mut items, more) = (self.items()?, other.items()?);
        let node = self.unordered();
        match node.map(|node| &node.list_type) {
            Some(ListType::Set) => {
                for item in more {
                    if !items.iter().any(|known| known.equals(&item)) {
                        items.push(item);
                    }
                }
            }
            Some(ListType::Map(keys)) => {
                for item in more {
                    let same = |known: &Val<'_>| {
                        keys.iter().all(|key| {
                            let (one, two) = (known.field(key), item.field(key));
                            matches!((one, two), (Ok(Some(one)), Ok(Some(two))) if one.equals(&two))
                        })
                    };
                    match items.iter().position(same) {
                        Some(at) => items[at] = item,
                        None => items.push(item),
                    }
                }
            }
            _ => items.extend(more),
        }
        Some(Self::List(Rc::new(items), node))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "as the server casts"
)]
fn of_number<'a>(number: &serde_json::Number, node: Option<&Node>) -> Val<'a> {
    let kind = node.and_then(|node| node.kind);
    match (number.as_i64(), kind) {
        (Some(integer), Some(Type::Number)) => Val::Double(integer as f64),
        (Some(integer), _) => Val::Int(integer),
        (None, Some(Type::Integer)) => Val::Int(number.as_f64().unwrap_or_default() as i64),
        (None, _) => Val::Double(number.as_f64().unwrap_or(f64::NAN)),
    }
}

fn of_text<'a>(text: &'a str, node: Option<&Node>) -> Val<'a> {
    let format = node.filter(|node| node.kind == Some(Type::String));
    match format.map_or("", |node| node.format_name.as_str()) {
        "date-time" => Timestamp::from_str(text).map_or(Val::text(text), Val::Time),
        "date" => date(text).map_or(Val::text(text), Val::Time),
        "duration" => go::duration(text).map_or_else(|_| Val::text(text), Val::Duration),
        "byte" => match base64::engine::general_purpose::STANDARD.decode(text) {
            Ok(bytes) => Val::Bytes(bytes.into()),
            Err(_) => Val::text(text),
        },
        _ => Val::text(text),
    }
}

fn date(text: &str) -> Option<Timestamp> {
    let date = jiff::civil::Date::from_str(text).ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}
