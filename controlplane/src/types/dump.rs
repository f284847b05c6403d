//! A value as spew prints it by its Go type, with `%#v`: what Kubernetes makes hashes of (`pkg/util/hash`).
//!
//! Nothing is left out, so a hash is another once a type has another field. Not as there: amounts of more than 18
//! digits, and times. What is hashed has none of these.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    Quantity,
    go::{Field, Kind, Named, Type},
};

/// The dump of a value of a type of the table, as `core.v1.PodTemplateSpec`.
pub(crate) fn dump(name: &str, value: &Value) -> Option<String> {
    let named = Named::of(name)?;
    let mut out = format!("({})", short(named));
    structure(named, value, &mut out);
    Some(out)
}

/// `v1.PodTemplateSpec`.
fn short(named: &Named) -> &'static str {
    named
        .name
        .split_once('.')
        .map_or(named.name, |(_, rest)| rest)
}

/// A value behind its type.
fn typed(of: &Type, value: &Value, out: &mut String) {
    push(out, format_args!("({})", of.go_name()));
    match &of.kind {
        Kind::Pointer(_) if value.is_null() => out.push_str("<nil>"),
        Kind::Pointer(inner) => plain(inner, value, out),
        _ => plain(of, value, out),
    }
}

fn plain(of: &Type, value: &Value, out: &mut String) {
    match &of.kind {
        Kind::String => out.push_str(value.as_str().unwrap_or_default()),
        Kind::Bool => push(out, format_args!("{}", value == true)),
        Kind::Int32 | Kind::Int64 => push(out, format_args!("{}", value.as_i64().unwrap_or(0))),
        Kind::Float64 => push(out, format_args!("{}", value.as_f64().unwrap_or(0.0))),
        Kind::Struct(named) => structure(named, value, out),
        Kind::Pointer(inner) => plain(inner, value, out),
        Kind::List(item) => match value.as_array() {
            Some(items) if !items.is_empty() => list(item, items, out),
            _ => out.push_str("<nil>"),
        },
        Kind::Map(item) => match value.as_object() {
            Some(entries) if !entries.is_empty() => map(item, entries, out),
            _ => out.push_str("<nil>"),
        },
        Kind::Quantity => {
            let amount = Quantity::parse(value.as_str().unwrap_or("0"));
            out.push_str(&amount.map(|amount| amount.dump()).unwrap_or_default());
        }
        Kind::IntOrString => {
            let (kind, text) = match value.as_str() {
                Some(text) => (1, text),
                None => (0, ""),
            };
            let number = value.as_i64().unwrap_or(0);
            push(
                out,
                format_args!(
                    "{{Type:(intstr.Type){kind} IntVal:(int32){number} StrVal:(string){text}}}"
                ),
            );
        }
        Kind::Time | Kind::MicroTime => out
            .push_str("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"),
        Kind::Bytes | Kind::Raw | Kind::SchemaOr(_) => out.push_str("<nil>"),
    }
}

fn list(item: &Type, items: &[Value], out: &mut String) {
    out.push('[');
    for (index, value) in items.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        plain(item, value, out);
    }
    out.push(']');
}

fn map(item: &Type, entries: &serde_json::Map<String, Value>, out: &mut String) {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by(|one, other| one.0.cmp(other.0));
    out.push_str("map[");
    for (index, (name, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push(out, format_args!("{name}:"));
        plain(item, value, out);
    }
    out.push(']');
}

fn structure(named: &Named, value: &Value, out: &mut String) {
    let fields: Vec<_> = named.fields().iter().collect();
    let package = short(named).split('.').next().unwrap_or_default();
    fields_within(&fields, 0, package, value, out);
}

/// The fields from an embedded struct of this depth on: those of deeper ones stand together.
fn fields_within(fields: &[&Field], depth: usize, package: &str, value: &Value, out: &mut String) {
    out.push('{');
    let embedded = |field: &Field| field.within.get(depth).copied();
    for (index, group) in fields
        .chunk_by(|one, next| embedded(one).is_some() && embedded(one) == embedded(next))
        .enumerate()
    {
        if index > 0 {
            out.push(' ');
        }
        if let Some(name) = embedded(group[0]) {
            push(out, format_args!("{name}:({package}.{name})"));
            fields_within(group, depth + 1, package, value, out);
        } else {
            push(out, format_args!("{}:", go_name(group[0])));
            typed(&group[0].of, &value[group[0].name], out);
        }
    }
    out.push('}');
}

fn go_name(field: &Field) -> String {
    let (first, rest) = field.name.split_at(1);
    field
        .go_name
        .map_or_else(|| first.to_uppercase() + rest, Into::into)
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments)
        .expect("writing to a text cannot fail");
}
