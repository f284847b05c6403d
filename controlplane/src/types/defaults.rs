//! What an object is where nothing was said: the defaults of the built-in types, and what storing makes of the rest.
//!
//! The rules are those of `pkg/apis/*/v1/defaults.go` and `conversion.go` in Kubernetes. Go applies each wherever the
//! type occurs, the outer before the inner; so does [`set`].

mod apps;
mod batch;
mod core;
mod image;
mod others;
mod pods;

use serde_json::{Map, Value};

use super::{
    go::{Field, Kind, Named, Type},
    quantity::Quantity,
    zero,
};

pub(crate) use pods::sum_of_containers;

/// The fields of an object.
type Fields = Map<String, Value>;

/// A rule for values of one type.
type Rule = fn(&mut Fields);

/// Sets the defaults of an object, and those of all that is in it.
pub(super) fn set(named: &'static Named, value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    for rule in [
        core::rule,
        pods::rule,
        apps::rule,
        batch::rule,
        others::rule,
    ] {
        if let Some(rule) = rule(named.name) {
            rule(fields);
        }
    }
    for field in named.fields() {
        if let Some(default) = marked(field).filter(|_| unset(fields, field.name)) {
            fields.insert(field.name.into(), default);
        }
        if let Some(value) = fields.get_mut(field.name) {
            within(&field.of, value);
        }
    }
    for rule in [core::stored, pods::stored, apps::stored] {
        if let Some(rule) = rule(named.name) {
            rule(fields);
        }
    }
    if !named.name.starts_with("apiextensions") {
        empty_lists_are_none(named, fields);
    }
    zero::complete(named, fields);
}

/// Objects are stored as protobuf, which knows no empty lists; definitions of resources are stored as JSON.
fn empty_lists_are_none(named: &'static Named, fields: &mut Fields) {
    for field in named
        .fields()
        .iter()
        .filter(|it| matches!(it.of.kind, Kind::List(_) | Kind::Map(_)) && !is_kept(named, it))
    {
        if let Some(value) = fields
            .get_mut(field.name)
            .filter(|it| field.of.is_empty(it))
        {
            *value = Value::Null;
        }
    }
}

/// Rules of roles that are no rules are somebody's all the same, until they are stored.
fn is_kept(named: &'static Named, field: &Field) -> bool {
    field.name == "rules" && matches!(named.name, "rbac.v1.Role" | "rbac.v1.ClusterRole")
}

fn within(of: &Type, value: &mut Value) {
    match (&of.kind, value) {
        (Kind::Pointer(of), value) => within(of, value),
        (Kind::Struct(named), value) => set(named, value),
        (Kind::List(of), Value::Array(items)) => items.iter_mut().for_each(|it| within(of, it)),
        (Kind::Map(of), Value::Object(entries)) if matches!(of.kind, Kind::Quantity) => {
            entries.values_mut().for_each(round_up);
        }
        (Kind::Map(of), Value::Object(entries)) if matches!(of.kind, Kind::Bytes) => {
            let nothing = entries.values_mut().filter(|it| it.is_null());
            nothing.for_each(|it| *it = "".into());
        }
        (Kind::Map(of), Value::Object(entries)) => {
            entries.values_mut().for_each(|it| within(of, it));
        }
        _ => {}
    }
}

/// Amounts of resources are kept in thousandths.
fn round_up(amount: &mut Value) {
    if let Some(mut quantity) = amount.as_str().and_then(|it| Quantity::parse(it).ok()) {
        quantity.round_up_to_milli();
        *amount = quantity.to_string().into();
    }
}

/// The default that the type's own declaration gives (`+default`).
fn marked(field: &Field) -> Option<Value> {
    let (_, default) = field.flags.split_once("default=")?;
    let default = serde_json::from_str(default).ok()?;
    (!(field.omitempty && field.of.is_empty(&default))).then_some(default)
}

fn unset(fields: &Fields, name: &str) -> bool {
    matches!(fields.get(name), None | Some(Value::Null))
}

fn default(fields: &mut Fields, name: &str, value: impl Into<Value>) {
    if unset(fields, name) {
        fields.insert(name.into(), value.into());
    }
}

/// Sets a text that is not there, or empty.
fn fill(fields: &mut Fields, name: &str, value: &str) {
    if text(fields, name).is_empty() {
        fields.insert(name.into(), value.into());
    }
}

/// The object at a field; it becomes one if it is none.
fn object<'a>(fields: &'a mut Fields, name: &str) -> &'a mut Fields {
    let value = fields
        .entry(name)
        .or_insert_with(|| Value::Object(Map::new()));
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut().expect("it was made one")
}

/// The objects in the list at a field.
fn items<'a>(fields: &'a mut Fields, name: &str) -> impl Iterator<Item = &'a mut Fields> + use<'a> {
    let list = fields.get_mut(name).and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}
