//! CEL rules and merge strategies: kube's `#[x_kube(...)]`.

use serde_json::{Map, Value, json};
use syn::Expr;
use syn::spanned::Spanned as _;

use super::about::insert;
use super::meta::{self, Said};
use super::value::{Values, text};
use crate::source::Read;

const KEY: &str = "x-kubernetes-validations";

/// The rules of a struct or of a field, in their order, as they are written.
pub(super) fn written(said: &Said) -> impl Iterator<Item = &Expr> {
    let rules = said.x_kube.iter();
    let rules = rules.filter(|meta| matches!(&*meta::name_of(meta), "validation" | "rule"));
    rules.filter_map(meta::value)
}

/// The keywords of how a field is merged.
pub(super) fn strategy(said: &Said, values: &Values<'_>) -> Read<Map<String, Value>> {
    let mut strategy = Map::new();
    for meta in &said.x_kube {
        if let ("merge_strategy", Some(expr)) = (meta::name_of(meta).as_str(), meta::value(meta)) {
            strategy.extend(merge_strategy(expr, values)?);
        }
    }
    Ok(strategy)
}

/// Adds a rule to those of a schema.
pub(super) fn add(schema: &mut Value, rule: Value) {
    match schema.get_mut(KEY).and_then(Value::as_array_mut) {
        Some(rules) => rules.push(rule),
        None => insert(schema, KEY, json!([rule])),
    }
}

/// `"self.a > 0"`, `("self.a > 0", "message")`, `Rule::new("self.a > 0").message("...").reason(Reason::FieldValueInvalid)`
pub(super) fn read(expr: &Expr, values: &Values<'_>) -> Read<Value> {
    match expr {
        Expr::Tuple(pair) if pair.elems.len() == 2 => {
            let (rule, message) = (text(values, &pair.elems[0])?, text(values, &pair.elems[1])?);
            Ok(json!({"rule": rule, "message": message}))
        }
        Expr::Paren(inner) => read(&inner.expr, values),
        Expr::MethodCall(call) => {
            let mut rule = read(&call.receiver, values)?;
            let Some(argument) = call.args.first() else {
                return read(&call.receiver, values);
            };
            match call.method.to_string().as_str() {
                "message" => add_message(&mut rule, argument, values)?,
                "reason" => rule["reason"] = reason(argument, values)?,
                "field_path" => rule["fieldPath"] = text(values, argument)?.into(),
                "optional_old_self" => rule["optionalOldSelf"] = values.value(argument)?,
                _ => {
                    return Err(
                        values.unread(expr.span(), "this rule is made when the program runs")
                    );
                }
            }
            Ok(rule)
        }
        Expr::Call(call) => match call.args.first() {
            Some(rule) if call.args.len() == 1 => read(rule, values),
            _ => Err(values.unread(expr.span(), "this rule is made when the program runs")),
        },
        expr => Ok(json!({"rule": text(values, expr)?})),
    }
}

/// `"text"`, `Message::Message("text".into())`, `Message::Expression("'a' + self.b".into())`
fn add_message(rule: &mut Value, argument: &Expr, values: &Values<'_>) -> Read<()> {
    if let Expr::Call(call) = argument
        && let Expr::Path(function) = &*call.func
        && let (Some(last), Some(inner)) = (function.path.segments.last(), call.args.first())
    {
        let key = match last.ident.to_string().as_str() {
            "Expression" => Some("messageExpression"),
            "Message" | "from" => Some("message"),
            _ => None,
        };
        if let Some(key) = key {
            rule[key] = text(values, inner)?.into();
            return Ok(());
        }
    }
    rule["message"] = text(values, argument)?.into();
    Ok(())
}

fn reason(argument: &Expr, values: &Values<'_>) -> Read<Value> {
    const REASONS: &[&str] = &[
        "FieldValueInvalid",
        "FieldValueForbidden",
        "FieldValueRequired",
        "FieldValueDuplicate",
    ];
    let last = match argument {
        Expr::Path(path) => path.path.segments.last(),
        Expr::Call(call) if call.args.is_empty() => return Ok(REASONS[0].into()),
        _ => None,
    };
    match last.map(|last| last.ident.to_string()) {
        Some(name) if REASONS.contains(&name.as_str()) => Ok(name.into()),
        _ => Err(values.unread(
            argument.span(),
            "this reason is known when the program runs",
        )),
    }
}

/// `ListMerge::Map(vec!["name".into()])`
fn merge_strategy(expr: &Expr, values: &Values<'_>) -> Read<Map<String, Value>> {
    let (path, keys) = match expr {
        Expr::Path(path) => (&path.path, None),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => (&path.path, call.args.first()),
            _ => return Err(unknown_strategy(expr, values)),
        },
        _ => return Err(unknown_strategy(expr, values)),
    };
    let mut names = path
        .segments
        .iter()
        .rev()
        .map(|part| part.ident.to_string());
    let (way, of) = (
        names.next().unwrap_or_default(),
        names.next().unwrap_or_default(),
    );
    let key = match of.as_str() {
        "ListMerge" => "x-kubernetes-list-type",
        "MapMerge" => "x-kubernetes-map-type",
        "StructMerge" => "x-kubernetes-struct-type",
        _ => return Err(unknown_strategy(expr, values)),
    };
    let mut strategy = Map::new();
    strategy.insert(key.to_owned(), way.to_ascii_lowercase().into());
    if let Some(keys) = keys {
        let keys = values.value(keys)?;
        strategy.insert("x-kubernetes-list-map-keys".to_owned(), keys);
    }
    Ok(strategy)
}

fn unknown_strategy(expr: &Expr, values: &Values<'_>) -> Box<crate::source::Unread> {
    values.unread(
        expr.span(),
        "this merge strategy is known when the program runs",
    )
}
