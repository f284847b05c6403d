//! Values of the author's own types, as serde writes them.

use myop_model::Case;
use proc_macro2::Span;
use serde_json::{Map, Value, json};
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, Fields, ImplItem, Path, Variant};

use super::meta::{Said, derives};
use super::serde::Serde;
use super::shape::{Scope, Shape};
use super::value::Values;
use crate::source::{Item, Outside, Read, Sources, TypeId, name};

/// The default of a type.
pub(super) fn default(values: &Values<'_>, shape: &Shape, span: Span) -> Read<Value> {
    let unread = || {
        values.unread(
            span,
            "the default of this type is computed when the program runs",
        )
    };
    match shape {
        Shape::Own(id, arguments) => own_default(values, *id, arguments, span),
        Shape::Tuple(parts) if parts.is_empty() => Ok(Value::Null),
        Shape::Tuple(parts) => parts
            .iter()
            .map(|part| default(values, part, span))
            .collect(),
        Shape::Outside(Outside(path), arguments) => {
            match path.last().map_or("", String::as_str) {
                "Option" | "PhantomData" => Ok(Value::Null),
                "Vec" | "VecDeque" | "LinkedList" | "HashSet" | "BTreeSet" | "BinaryHeap" => {
                    Ok(json!([]))
                }
                "HashMap" | "BTreeMap" | "Map" | "IndexMap" => Ok(json!({})),
                "String" | "str" | "PathBuf" => Ok(json!("")),
                "bool" => Ok(json!(false)),
                "f32" | "f64" => Ok(json!(0.0)),
                "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => {
                    Ok(json!(0))
                }
                "Box" | "Arc" | "Rc" | "Cow" => match arguments.first() {
                    Some(inner) => default(values, inner, span),
                    None => Err(unread()),
                },
                "Value" if path[0] == "serde_json" => Ok(Value::Null),
                // All fields of Kubernetes' objects may be left out, and their defaults leave all out that may be.
                _ => Err(unread()),
            }
        }
        _ => Err(unread()),
    }
}

fn own_default(values: &Values<'_>, id: TypeId, arguments: &[Shape], span: Span) -> Read<Value> {
    let found = values.sources.type_item(id);
    let scope = Scope::inside(values.sources, id, arguments)?;
    let inside = values.within(&scope);
    let own_name = name(found.item.name());
    if let Some(written) = values
        .sources
        .implementation(found.module, "Default", &own_name)
    {
        let block = default_block(written);
        let shape = Shape::Own(id, arguments.to_vec());
        return match block {
            Some(block) => inside.block(block, Some(&shape)),
            None => Err(values.unread(span, "this default can't be seen")),
        };
    }
    match &found.item {
        Item::Struct(item) if derives(&item.attrs, "Default") => {
            if let Fields::Unnamed(fields) = &item.fields {
                let shapes = fields
                    .unnamed
                    .iter()
                    .map(|field| scope.shape(values.sources, &field.ty));
                let shapes = shapes.collect::<Read<Vec<_>>>()?;
                let parts = shapes.iter().map(|shape| default(&inside, shape, span));
                check_written(&inside, &inside.attributes(&item.attrs)?, span)?;
                return Ok(tuple(parts.collect::<Read<Vec<_>>>()?));
            }
            structure(&inside, id, default_fields(&inside, id)?, span)
        }
        Item::Enum(item) => {
            let is_default =
                |one: &&Variant| one.attrs.iter().any(|it| it.path().is_ident("default"));
            match item.variants.iter().find(is_default) {
                Some(chosen) => variant(values, id, arguments, &name(&chosen.ident), span),
                None => Err(values.unread(span, "this default can't be seen")),
            }
        }
        _ => Err(values.unread(span, "this default can't be seen")),
    }
}

/// What a `Default` that is written out makes.
fn default_block(written: &syn::ItemImpl) -> Option<&syn::Block> {
    written.items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "default" => Some(&function.block),
        _ => None,
    })
}

/// A newtype is written as what is in it.
fn tuple(mut parts: Vec<Value>) -> Value {
    match parts.len() {
        0 => Value::Null,
        1 => parts.remove(0),
        _ => Value::Array(parts),
    }
}

fn default_fields(inside: &Values<'_>, id: TypeId) -> Read<Map<String, Value>> {
    let found = inside.sources.type_item(id);
    let Item::Struct(item) = &found.item else {
        return Ok(Map::new());
    };
    let mut fields = Map::new();
    for field in &item.fields {
        let shape = inside.scope.shape(inside.sources, &field.ty)?;
        if let Some(ident) = &field.ident {
            fields.insert(name(ident), default(inside, &shape, field.span())?);
        }
    }
    Ok(fields)
}

/// The fields of a struct that are taken from another value of it: `..Default::default()`.
pub(super) fn fields_of(
    inside: &Values<'_>,
    rest: &Expr,
    id: TypeId,
    arguments: &[Shape],
) -> Read<Map<String, Value>> {
    let unread = || inside.not_plain(rest.span());
    let Expr::Call(call) = rest else {
        return Err(unread());
    };
    let Expr::Path(function) = &*call.func else {
        return Err(unread());
    };
    let found = inside.sources.type_item(id);
    let is_default = function
        .path
        .segments
        .last()
        .is_some_and(|last| last.ident == "default");
    let by_hand = inside
        .sources
        .implementation(found.module, "Default", &name(found.item.name()));
    if !is_default || by_hand.is_some() || !derives(found.item.attributes(), "Default") {
        return Err(unread());
    }
    let scope = Scope::inside(inside.sources, id, arguments)?;
    default_fields(&inside.within(&scope), id)
}

/// The type of a field of a struct.
pub(super) fn shape_of_field(
    sources: &Sources,
    inside: &Scope,
    id: TypeId,
    called: &str,
) -> Read<Option<Shape>> {
    let found = sources.type_item(id);
    let Item::Struct(item) = &found.item else {
        return Ok(None);
    };
    let is_it = |field: &&syn::Field| {
        field
            .ident
            .as_ref()
            .is_some_and(|ident| name(ident) == called)
    };
    let field = item.fields.iter().find(is_it);
    field
        .map(|field| inside.shape(sources, &field.ty))
        .transpose()
}

/// A struct with these fields, by their names in Rust.
pub(super) fn structure(
    values: &Values<'_>,
    id: TypeId,
    mut fields: Map<String, Value>,
    span: Span,
) -> Read<Value> {
    let found = values.sources.type_item(id);
    let Item::Struct(item) = &found.item else {
        return Err(values.unread(span, "this is no struct"));
    };
    let attributes = values.attributes(&item.attrs)?;
    check_written(values, &attributes, span)?;
    let whole = said(values, &attributes, span)?;
    if whole.into.is_some() {
        return Err(values.unread(span, "this is written as another type"));
    }
    let mut out = Map::new();
    for field in &item.fields {
        let Some(ident) = &field.ident else {
            continue;
        };
        let called = name(ident);
        let field_attributes = values.attributes(&field.attrs)?;
        let said = said(values, &field_attributes, span)?;
        let value = fields.remove(&called).unwrap_or(Value::Null);
        if said.skip_serializing {
            continue;
        }
        if let Some(condition) = &said.skip_serializing_if
            && is_left_out(values, condition, &value)?
        {
            continue;
        }
        if said.serialize_with {
            return Err(values.unread(field.span(), "this field is written in a way of its own"));
        }
        if whole.transparent {
            return Ok(value);
        }
        if said.flatten {
            match value {
                Value::Object(inner) => out.extend(inner),
                Value::Null => {}
                _ => return Err(values.unread(field.span(), "this can't be flattened")),
            }
            continue;
        }
        let in_case = || whole.rename_all.map(|case: Case| case.field(&called));
        let key = said
            .rename
            .written
            .or_else(in_case)
            .unwrap_or(called.clone());
        out.insert(key, value);
    }
    Ok(Value::Object(out))
}

/// Whether `skip_serializing_if` leaves a value out.
pub(super) fn is_left_out(values: &Values<'_>, condition: &Path, value: &Value) -> Read<bool> {
    let names: Vec<_> = condition
        .segments
        .iter()
        .rev()
        .take(2)
        .map(|part| part.ident.to_string())
        .collect();
    Ok(match (names.first().map(String::as_str), value) {
        (Some("is_none"), value) => value.is_null(),
        (Some("is_some"), value) => !value.is_null(),
        (Some("is_empty"), Value::Array(items)) => items.is_empty(),
        (Some("is_empty"), Value::Object(map)) => map.is_empty(),
        (Some("is_empty"), Value::String(text)) => text.is_empty(),
        (Some("not"), Value::Bool(flag)) => !flag,
        _ => {
            let why = "whether this default is left out is known when the program runs";
            return Err(values.unread(condition.span(), why));
        }
    })
}

/// A variant without anything in it.
pub(super) fn variant(
    values: &Values<'_>,
    id: TypeId,
    _arguments: &[Shape],
    called: &str,
    span: Span,
) -> Read<Value> {
    let (whole, chosen) = enumeration(values, id, called, span)?;
    let key = variant_name(values, &whole, &chosen, span)?;
    let said = said(values, &values.attributes(&chosen.attrs)?, span)?;
    Ok(match &whole.tag {
        _ if whole.untagged || said.untagged => Value::Null,
        Some(tag) => json!({ tag: key }),
        None => key.into(),
    })
}

/// A variant with one thing in it.
pub(super) fn newtype_variant(
    values: &Values<'_>,
    id: TypeId,
    arguments: &[Shape],
    called: &str,
    given: &[&Expr],
    span: Span,
) -> Read<Value> {
    let (whole, chosen) = enumeration(values, id, called, span)?;
    let scope = Scope::inside(values.sources, id, arguments)?;
    let (Fields::Unnamed(fields), [one]) = (&chosen.fields, given) else {
        return Err(values.not_plain(span));
    };
    let shape = scope.shape(values.sources, &fields.unnamed[0].ty)?;
    let inner = values.value_of(one, &shape)?;
    let key = variant_name(values, &whole, &chosen, span)?;
    let said = said(values, &values.attributes(&chosen.attrs)?, span)?;
    Ok(match (&whole.tag, &whole.content) {
        _ if whole.untagged || said.untagged => inner,
        (Some(tag), Some(content)) => json!({ tag: key, content: inner }),
        (Some(tag), None) => match inner {
            Value::Object(mut fields) => {
                fields.insert(tag.clone(), key.into());
                Value::Object(fields)
            }
            _ => return Err(values.unread(span, "this can't carry its tag")),
        },
        (None, _) => json!({ key: inner }),
    })
}

/// A tuple struct, written as what is in it.
pub(super) fn newtype(values: &Values<'_>, id: TypeId, given: &[&Expr], span: Span) -> Read<Value> {
    let found = values.sources.type_item(id);
    let Item::Struct(item) = &found.item else {
        return Err(values.not_plain(span));
    };
    check_written(values, &values.attributes(&item.attrs)?, span)?;
    let scope = Scope::of(values.sources.type_item(id).module);
    let parts = item.fields.iter().zip(given).map(|(field, expr)| {
        let shape = scope.shape(values.sources, &field.ty)?;
        values.value_of(expr, &shape)
    });
    Ok(tuple(parts.collect::<Read<Vec<_>>>()?))
}

fn enumeration(
    values: &Values<'_>,
    id: TypeId,
    called: &str,
    span: Span,
) -> Read<(Serde, Variant)> {
    let found = values.sources.type_item(id);
    let Item::Enum(item) = &found.item else {
        return Err(values.not_plain(span));
    };
    let attributes = values.attributes(&item.attrs)?;
    check_written(values, &attributes, span)?;
    let whole = said(values, &attributes, span)?;
    if whole.into.is_some() {
        return Err(values.unread(span, "this is written as another type"));
    }
    let chosen = item.variants.iter().find(|one| name(&one.ident) == called);
    match chosen {
        Some(chosen) => Ok((whole, chosen.clone())),
        None => Err(values.not_plain(span)),
    }
}

fn variant_name(values: &Values<'_>, whole: &Serde, chosen: &Variant, span: Span) -> Read<String> {
    let said = said(values, &values.attributes(&chosen.attrs)?, span)?;
    let called = name(&chosen.ident);
    let in_case = || whole.rename_all.map(|case| case.variant(&called));
    Ok(said
        .rename
        .written
        .or_else(in_case)
        .unwrap_or(called.clone()))
}

/// That serde writes it by its derive.
fn check_written(values: &Values<'_>, attributes: &[Attribute], span: Span) -> Read<()> {
    let derived = ["Serialize", "resource", "status"];
    let is_written = derives(attributes, "Serialize")
        || attributes.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|last| derived.contains(&last.ident.to_string().as_str()))
        });
    if is_written {
        return Ok(());
    }
    Err(values.unread(span, "how this is written is not derived"))
}

fn said(values: &Values<'_>, attributes: &[Attribute], span: Span) -> Read<Serde> {
    let said = Said::read(attributes).map_err(|error| values.unread(span, &error.to_string()))?;
    Ok(Serde::of_writing(&said))
}

/// What `default = "path"` makes.
pub(super) fn made_by(values: &Values<'_>, path: &Path, shape: &Shape) -> Read<Value> {
    let call: Expr = syn::parse_quote!(#path());
    values.value_of(&call, shape)
}

/// The fields of the default of a whole struct, by their names in Rust.
pub(super) fn fields_of_default(
    values: &Values<'_>,
    by: &super::serde::Default,
    whole: &Shape,
    span: Span,
) -> Read<Map<String, Value>> {
    let Shape::Own(id, arguments) = whole else {
        return Ok(Map::new());
    };
    let found = values.sources.type_item(*id);
    let unread = || values.unread(span, "this default is computed when the program runs");
    let block = if let super::serde::Default::Path(path) = by {
        let found = values.sources.find_value(values.scope.module, path);
        let crate::source::Found::Function(_, function) = found else {
            return Err(unread());
        };
        &function.block
    } else {
        let own_name = name(found.item.name());
        let by_hand = values
            .sources
            .implementation(found.module, "Default", &own_name);
        let Some(by_hand) = by_hand else {
            if !derives(found.item.attributes(), "Default") {
                return Err(unread());
            }
            return default_fields(values, *id);
        };
        default_block(by_hand).ok_or_else(unread)?
    };
    let [syn::Stmt::Expr(Expr::Struct(literal), None)] = block.stmts.as_slice() else {
        return Err(unread());
    };
    values.fields(literal, *id, arguments)
}
