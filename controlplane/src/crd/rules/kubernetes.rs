//! Kubernetes' own libraries of CEL functions, as `kube-cel` has them: URLs, addresses, quantities, versions, formats.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use kube_cel::{
    KubeCelExt as _,
    cel::{
        Context, ExecutionError, Value,
        common::ast::{CallExpr, Expr, IdedExpr},
        objects::{Key, OptionalValue},
    },
};

use super::{
    functions,
    value::{Failure, Outcome, Val},
};

static LIBRARIES: LazyLock<Context<'static>> = LazyLock::new(|| Context::default().with_all());

/// Calls a function of the libraries.
pub(super) fn call<'a>(name: &str, on_target: bool, arguments: &[Val<'a>]) -> Outcome<'a> {
    let mut scope = LIBRARIES.new_inner_scope();
    let mut names = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.iter().enumerate() {
        let variable = format!("a{index}");
        scope.add_variable_from_value(variable.clone(), foreign(argument)?);
        names.push(IdedExpr {
            id: 0,
            expr: Expr::Ident(variable),
        });
    }
    let mut names = names.into_iter();
    let target = if on_target {
        names.next().map(Box::new)
    } else {
        None
    };
    let call = IdedExpr {
        id: 0,
        expr: Expr::Call(CallExpr {
            func_name: name.into(),
            target,
            args: names.collect(),
        }),
    };
    match Value::resolve(&call, &scope) {
        Ok(value) => ours(value),
        Err(error) => Err(told(error)),
    }
}

fn foreign(value: &Val<'_>) -> Result<Value, Failure> {
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(truth) => Value::Bool(*truth),
        Val::Int(int) => Value::Int(*int),
        Val::Uint(uint) => Value::UInt(*uint),
        Val::Double(double) => Value::Float(*double),
        Val::Text(text) => Value::String(Arc::new(text.to_string())),
        Val::Bytes(bytes) => Value::Bytes(Arc::new(bytes.to_vec())),
        Val::Foreign(value) => value.clone(),
        Val::Array(..) | Val::List(..) => {
            let items = value.items().unwrap_or_default();
            let items = items.iter().map(foreign).collect::<Result<Vec<_>, _>>()?;
            Value::List(Arc::new(items))
        }
        Val::Object(..) | Val::Dict(_) => {
            let entries = value.entries().unwrap_or_default();
            let entries: Result<HashMap<Key, Value>, Failure> = entries
                .iter()
                .map(|(key, value)| Ok((Key::from(functions::shown(key)), foreign(value)?)))
                .collect();
            Value::from(entries?)
        }
        Val::Optional(inner) => Value::Opaque(Arc::new(match inner {
            Some(inner) => OptionalValue::of(foreign(inner)?),
            None => OptionalValue::none(),
        })),
        Val::Time(_) | Val::Duration(_) | Val::Type(_) => return Err(Failure::NO_OVERLOAD),
    })
}

fn ours<'a>(value: Value) -> Outcome<'a> {
    Ok(match value {
        Value::Null => Val::Null,
        Value::Bool(truth) => Val::Bool(truth),
        Value::Int(int) => Val::Int(int),
        Value::UInt(uint) => Val::Uint(uint),
        Value::Float(double) => Val::Double(double),
        Value::String(text) => Val::text(text.to_string()),
        Value::Bytes(bytes) => Val::Bytes(bytes.as_slice().into()),
        Value::List(items) => {
            let items = items
                .iter()
                .cloned()
                .map(ours)
                .collect::<Result<Vec<_>, _>>()?;
            Val::list(items)
        }
        Value::Map(map) => {
            let mut entries: Vec<_> = map.map.iter().collect();
            entries.sort_by_key(|(one, _)| *one);
            let entries = entries.into_iter().map(|(key, value)| {
                let key = match key {
                    Key::Int(int) => Val::Int(*int),
                    Key::Uint(uint) => Val::Uint(*uint),
                    Key::Bool(truth) => Val::Bool(*truth),
                    Key::String(text) => Val::text(text.to_string()),
                };
                Ok((key, ours(value.clone())?))
            });
            functions::dict(entries.collect::<Result<Vec<_>, Failure>>()?)
        }
        Value::Opaque(opaque) => match opaque.downcast_ref::<OptionalValue>() {
            Some(optional) => match optional.value() {
                Some(value) => Val::some(ours(value.clone())?),
                None => Val::Optional(None),
            },
            None => Val::Foreign(Value::Opaque(opaque)),
        },
        other => Val::Foreign(other),
    })
}

fn told(error: ExecutionError) -> Failure {
    match error {
        ExecutionError::FunctionError { message, .. } => Failure::new(message),
        ExecutionError::NoSuchKey(key) => Failure::no_key(&key),
        _ => Failure::NO_OVERLOAD,
    }
}
