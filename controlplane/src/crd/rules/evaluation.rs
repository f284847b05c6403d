//! Evaluates expressions.
//!
//! Its own interpreter is not used: it copies objects at each step, counts bytes of texts, knows no equality of numbers
//! of two types, loses optional values, and lacks macros of two variables. Source: cel-go `interpreter` and
//! `common/types` for order and texts.

use std::{cmp::Ordering, collections::BTreeMap, rc::Rc};

use kube_cel::cel::{
    common::ast::{
        CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, StructExpr, operators,
    },
    parser::Expression,
};

use super::{
    functions,
    value::{Failure, Outcome, Val},
};
use crate::re2::Pattern;

/// The variables that an expression sees.
pub(super) struct Scope<'s, 'a> {
    pub(super) outer: Option<&'s Scope<'s, 'a>>,
    pub(super) name: &'s str,
    pub(super) value: Outcome<'a>,
    /// The patterns that the expression has as literals.
    pub(super) patterns: &'a Patterns,
}

/// Patterns by their texts.
pub(super) type Patterns = BTreeMap<String, Pattern>;

impl<'s, 'a> Scope<'s, 'a> {
    pub(super) fn with(&'s self, name: &'s str, value: Outcome<'a>) -> Scope<'s, 'a> {
        Scope {
            outer: Some(self),
            name,
            value,
            patterns: self.patterns,
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Outcome<'a>> {
        if self.name == name {
            return Some(&self.value);
        }
        self.outer.and_then(|outer| outer.find(name))
    }
}

/// Evaluates an expression.
pub(super) fn evaluate<'a>(expression: &'a Expression, scope: &Scope<'_, 'a>) -> Outcome<'a> {
    match &expression.expr {
        Expr::Literal(literal) => Ok(of_literal(literal)),
        Expr::Ident(name) => match scope.find(name) {
            Some(found) => found.clone(),
            None => type_called(name),
        },
        Expr::Select(select) => {
            let operand = evaluate(&select.operand, scope)?;
            if select.test {
                return present(&operand, &select.field).map(Val::Bool);
            }
            selected(&operand, &select.field)
        }
        Expr::Call(call) => called(call, scope),
        Expr::List(list) => {
            let mut items = Vec::with_capacity(list.elements.len());
            for (index, element) in list.elements.iter().enumerate() {
                let item = evaluate(element, scope)?;
                match item {
                    Val::Optional(inner) if list.optional_indices.contains(&index) => {
                        items.extend(inner.map(|inner| *inner));
                    }
                    item => items.push(item),
                }
            }
            Ok(Val::list(items))
        }
        Expr::Map(map) => {
            let mut entries = Vec::with_capacity(map.entries.len());
            for entry in &map.entries {
                let EntryExpr::MapEntry(entry) = &entry.expr else {
                    return Err(Failure::NO_OVERLOAD);
                };
                let key = evaluate(&entry.key, scope)?;
                match evaluate(&entry.value, scope)? {
                    Val::Optional(inner) if entry.optional => {
                        entries.extend(inner.map(|inner| (key, *inner)));
                    }
                    value => entries.push((key, value)),
                }
            }
            Ok(Val::Dict(Rc::new(entries)))
        }
        Expr::Comprehension(comprehension) => folded(comprehension, scope),
        Expr::Struct(message) => wrapped(message, scope),
        Expr::Unspecified => Err(Failure::NO_OVERLOAD),
    }
}

/// What a message of protobuf's own wraps, `google.protobuf.Int32Value{value: 1}`: it is that value.
fn wrapped<'a>(message: &'a StructExpr, scope: &Scope<'_, 'a>) -> Outcome<'a> {
    let [entry] = &message.entries[..] else {
        return Err(Failure::NO_OVERLOAD);
    };
    match &entry.expr {
        EntryExpr::StructField(field) if field.field == "value" => evaluate(&field.value, scope),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

fn of_literal(literal: &LiteralValue) -> Val<'_> {
    match literal {
        LiteralValue::Boolean(truth) => Val::Bool(*truth.inner()),
        LiteralValue::Bytes(bytes) => Val::Bytes(bytes.inner().into()),
        LiteralValue::Double(double) => Val::Double(*double.inner()),
        LiteralValue::Int(int) => Val::Int(*int.inner()),
        LiteralValue::Null => Val::Null,
        LiteralValue::String(text) => Val::text(text.inner()),
        LiteralValue::UInt(uint) => Val::Uint(*uint.inner()),
    }
}

fn type_called<'a>(name: &str) -> Outcome<'a> {
    let types = [
        "bool",
        "bytes",
        "double",
        "int",
        "list",
        "map",
        "null_type",
        "string",
        "type",
        "uint",
        "optional_type",
        "google.protobuf.Timestamp",
        "google.protobuf.Duration",
    ];
    match types.into_iter().find(|known| *known == name) {
        Some(known) => Ok(Val::Type(known)),
        None => Err(Failure::new(format!("no such attribute(s): {name}"))),
    }
}

fn present(operand: &Val<'_>, field: &str) -> Result<bool, Failure> {
    match operand {
        Val::Optional(None) => Ok(false),
        Val::Optional(Some(inner)) => present(inner, field),
        operand => operand.field(field).map(|found| found.is_some()),
    }
}

fn selected<'a>(operand: &Val<'a>, field: &str) -> Outcome<'a> {
    match operand {
        Val::Optional(inner) => optionally_selected(inner.as_deref(), field),
        operand => operand.field(field)?.ok_or_else(|| Failure::no_key(field)),
    }
}

fn optionally_selected<'a>(operand: Option<&Val<'a>>, field: &str) -> Outcome<'a> {
    let found = operand.map(|operand| operand.field(field)).transpose()?;
    Ok(Val::Optional(found.flatten().map(Box::new)))
}

fn indexed<'a>(operand: &Val<'a>, index: &Val<'a>) -> Outcome<'a> {
    if matches!(operand, Val::Object(..) | Val::Dict(_)) {
        return operand
            .value_of(index)
            .ok_or_else(|| Failure::no_key(&functions::shown(index)));
    }
    let position = match index {
        Val::Int(index) => *index,
        Val::Uint(index) => i64::try_from(*index).unwrap_or(i64::MAX),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only whole numbers are taken"
        )]
        Val::Double(index) if index.fract() == 0.0 => *index as i64,
        _ => return Err(Failure::NO_OVERLOAD),
    };
    let items = operand.items().ok_or(Failure::NO_OVERLOAD)?;
    let found = usize::try_from(position)
        .ok()
        .and_then(|at| items.into_iter().nth(at));
    found.ok_or_else(|| Failure::new(format!("index out of bounds: {position}")))
}

fn optionally_indexed<'a>(operand: &Val<'a>, index: &Val<'a>) -> Outcome<'a> {
    let operand = match operand {
        Val::Optional(None) => return Ok(Val::Optional(None)),
        Val::Optional(Some(inner)) => inner,
        operand => operand,
    };
    match indexed(operand, index) {
        Ok(found) => Ok(Val::some(found)),
        Err(failure) if failure == Failure::NO_OVERLOAD => Err(failure),
        Err(_) => Ok(Val::Optional(None)),
    }
}

fn truth(outcome: Outcome<'_>) -> Result<bool, Failure> {
    match outcome? {
        Val::Bool(truth) => Ok(truth),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

fn called<'a>(call: &'a CallExpr, scope: &Scope<'_, 'a>) -> Outcome<'a> {
    let at = |index: usize| evaluate(&call.args[index], scope);
    if call.target.is_none() {
        match (call.func_name.as_str(), call.args.len()) {
            (operators::CONDITIONAL, 3) => return at(if truth(at(0))? { 1 } else { 2 }),
            (operators::LOGICAL_AND, 2) => return decided(false, truth(at(0)), || truth(at(1))),
            (operators::LOGICAL_OR, 2) => return decided(true, truth(at(0)), || truth(at(1))),
            (operators::NOT_STRICTLY_FALSE, 1) => {
                return Ok(Val::Bool(truth(at(0)).unwrap_or(true)));
            }
            (operators::OPT_SELECT, 2) => {
                let (operand, field) = (at(0)?, at(1)?);
                let Val::Text(field) = field else {
                    return Err(Failure::NO_OVERLOAD);
                };
                return match operand {
                    Val::Optional(inner) => optionally_selected(inner.as_deref(), &field),
                    operand => optionally_selected(Some(&operand), &field),
                };
            }
            _ => {}
        }
        let arguments = call.args.iter().map(|argument| evaluate(argument, scope));
        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
        return match operated(&call.func_name, &arguments) {
            Some(outcome) => outcome,
            None => functions::call(&call.func_name, None, arguments),
        };
    }
    called_on(call, scope)
}

fn called_on<'a>(call: &'a CallExpr, scope: &Scope<'_, 'a>) -> Outcome<'a> {
    let Some(target) = &call.target else {
        return Err(Failure::NO_OVERLOAD);
    };
    let evaluated = |from: &'a [Expression]| {
        let arguments = from.iter().map(|argument| evaluate(argument, scope));
        arguments.collect::<Result<Vec<_>, _>>()
    };
    if let Expr::Ident(library) = &target.expr
        && scope.find(library).is_none()
    {
        let name = format!("{library}.{}", call.func_name);
        return functions::call(&name, None, evaluated(&call.args)?);
    }
    if let Some(outcome) = expanded(call, target, scope) {
        return outcome;
    }
    let target = evaluate(target, scope)?;
    let arguments = evaluated(&call.args)?;
    if let ("matches", Val::Text(text), [Val::Text(pattern)]) =
        (call.func_name.as_str(), &target, &arguments[..])
        && let Some(known) = scope
            .patterns
            .get(pattern.as_ref())
            .and_then(Pattern::ready)
    {
        return Ok(Val::Bool(known.is_match(text)));
    }
    functions::call(&call.func_name, Some(target), arguments)
}

/// One side that decides makes errors of the other nothing.
fn decided<'a>(
    deciding: bool,
    left: Result<bool, Failure>,
    right: impl FnOnce() -> Result<bool, Failure>,
) -> Outcome<'a> {
    if left == Ok(deciding) {
        return Ok(Val::Bool(deciding));
    }
    match (left, right()) {
        (_, Ok(right)) if right == deciding => Ok(Val::Bool(deciding)),
        (Err(failure), _) | (Ok(_), Err(failure)) => Err(failure),
        (Ok(_), Ok(_)) => Ok(Val::Bool(!deciding)),
    }
}

fn operated<'a>(operator: &str, arguments: &[Val<'a>]) -> Option<Outcome<'a>> {
    let outcome = match (operator, arguments) {
        (operators::EQUALS, [one, other]) => Ok(Val::Bool(one.equals(other))),
        (operators::NOT_EQUALS, [one, other]) => Ok(Val::Bool(!one.equals(other))),
        (operators::LESS, [one, other]) => ordered(one, other, Ordering::is_lt),
        (operators::LESS_EQUALS, [one, other]) => ordered(one, other, Ordering::is_le),
        (operators::GREATER, [one, other]) => ordered(one, other, Ordering::is_gt),
        (operators::GREATER_EQUALS, [one, other]) => ordered(one, other, Ordering::is_ge),
        (operators::IN, [item, container]) => contains(item, container),
        (operators::INDEX, [operand @ Val::Optional(_), index])
        | (operators::OPT_INDEX, [operand, index]) => optionally_indexed(operand, index),
        (operators::INDEX, [operand, index]) => indexed(operand, index),
        (operators::LOGICAL_NOT, [Val::Bool(truth)]) => Ok(Val::Bool(!truth)),
        (operators::NEGATE, [Val::Int(int)]) => int
            .checked_neg()
            .map(Val::Int)
            .ok_or(Failure::new("integer overflow")),
        (operators::NEGATE, [Val::Double(double)]) => Ok(Val::Double(-double)),
        (operators::NEGATE, [Val::Duration(nanos)]) => Ok(Val::Duration(-nanos)),
        (operators::ADD, [one, other]) => functions::sum(one, other),
        (operators::SUBSTRACT, [one, other]) => functions::difference(one, other),
        (operators::MULTIPLY, [one, other]) => functions::product(one, other),
        (operators::DIVIDE, [one, other]) => functions::quotient(one, other),
        (operators::MODULO, [one, other]) => functions::remainder(one, other),
        (operators::LOGICAL_NOT | operators::NEGATE, _) => Err(Failure::NO_OVERLOAD),
        _ => return None,
    };
    Some(outcome)
}

fn ordered<'a>(one: &Val<'_>, other: &Val<'_>, is: impl FnOnce(Ordering) -> bool) -> Outcome<'a> {
    let order = match (one, other) {
        (Val::Double(one), Val::Double(other)) if one.is_nan() || other.is_nan() => {
            return Ok(Val::Bool(false));
        }
        _ => one.compare(other),
    };
    order
        .map(|order| Val::Bool(is(order)))
        .ok_or(Failure::NO_OVERLOAD)
}

fn contains<'a>(item: &Val<'_>, container: &Val<'_>) -> Outcome<'a> {
    if let Some(items) = container.items() {
        return Ok(Val::Bool(items.iter().any(|known| known.equals(item))));
    }
    match container {
        Val::Object(..) | Val::Dict(_) => Ok(Val::Bool(container.value_of(item).is_some())),
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// What a comprehension goes over: items, or keys.
fn range<'a>(value: &Val<'a>) -> Result<Vec<Val<'a>>, Failure> {
    if let Some(items) = value.items() {
        return Ok(items);
    }
    let entries = value.entries().ok_or(Failure::NO_OVERLOAD)?;
    Ok(entries.into_iter().map(|(key, _)| key).collect())
}

fn folded<'a>(comprehension: &'a ComprehensionExpr, scope: &Scope<'_, 'a>) -> Outcome<'a> {
    let over = range(&evaluate(&comprehension.iter_range, scope)?)?;
    let mut accumulated = evaluate(&comprehension.accu_init, scope);
    for item in over {
        let with_accumulated = scope.with(&comprehension.accu_var, accumulated);
        if !truth(evaluate(&comprehension.loop_cond, &with_accumulated))? {
            accumulated = with_accumulated.value;
            break;
        }
        let with_item = with_accumulated.with(&comprehension.iter_var, Ok(item));
        let next = evaluate(&comprehension.loop_step, &with_item);
        accumulated = next;
    }
    evaluate(
        &comprehension.result,
        &scope.with(&comprehension.accu_var, accumulated),
    )
}

/// Macros that the parser doesn't know: those of two variables, and those of optional values.
fn expanded<'a>(
    call: &'a CallExpr,
    target: &'a Expression,
    scope: &Scope<'_, 'a>,
) -> Option<Outcome<'a>> {
    let name = |index: usize| match &call.args.get(index)?.expr {
        Expr::Ident(name) => Some(name.as_str()),
        _ => None,
    };
    let first = name(0)?;
    match (call.func_name.as_str(), call.args.len()) {
        ("optMap" | "optFlatMap", 2) => Some(mapped_optional(call, target, first, scope)),
        ("all" | "exists" | "existsOne" | "exists_one", 3) => {
            Some(quantified(call, target, first, name(1)?, scope))
        }
        ("transformList" | "transformMap", 3 | 4) => {
            Some(transformed(call, target, first, name(1)?, scope))
        }
        _ => None,
    }
}

fn mapped_optional<'a>(
    call: &'a CallExpr,
    target: &'a Expression,
    name: &str,
    scope: &Scope<'_, 'a>,
) -> Outcome<'a> {
    match evaluate(target, scope)? {
        Val::Optional(None) => Ok(Val::Optional(None)),
        Val::Optional(Some(inner)) => {
            let mapped = evaluate(&call.args[1], &scope.with(name, Ok(*inner)))?;
            Ok(if call.func_name == "optMap" {
                Val::some(mapped)
            } else {
                mapped
            })
        }
        _ => Err(Failure::NO_OVERLOAD),
    }
}

/// Indexes and items, or keys and values.
fn pairs<'a>(value: &Val<'a>) -> Result<Vec<(Val<'a>, Val<'a>)>, Failure> {
    if let Some(items) = value.items() {
        return Ok((0..).map(Val::Int).zip(items).collect());
    }
    value.entries().ok_or(Failure::NO_OVERLOAD)
}

fn quantified<'a>(
    call: &'a CallExpr,
    target: &'a Expression,
    first: &str,
    second: &str,
    scope: &Scope<'_, 'a>,
) -> Outcome<'a> {
    let over = pairs(&evaluate(target, scope)?)?;
    let mut found = 0;
    let mut failure = None;
    for (key, value) in over {
        let with_key = scope.with(first, Ok(key));
        match (
            call.func_name.as_str(),
            truth(evaluate(&call.args[2], &with_key.with(second, Ok(value)))),
        ) {
            ("all", Ok(false)) => return Ok(Val::Bool(false)),
            ("exists", Ok(true)) => return Ok(Val::Bool(true)),
            (_, Ok(truth)) => found += usize::from(truth),
            ("all" | "exists", Err(why)) => {
                failure.get_or_insert(why);
            }
            (_, Err(why)) => return Err(why),
        }
    }
    match (failure, call.func_name.as_str()) {
        (Some(failure), _) => Err(failure),
        (None, "all") => Ok(Val::Bool(true)),
        (None, "exists") => Ok(Val::Bool(false)),
        (None, _) => Ok(Val::Bool(found == 1)),
    }
}

fn transformed<'a>(
    call: &'a CallExpr,
    target: &'a Expression,
    first: &str,
    second: &str,
    scope: &Scope<'_, 'a>,
) -> Outcome<'a> {
    let (filter, transform) = match &call.args[2..] {
        [filter, transform] => (Some(filter), transform),
        [transform, ..] => (None, transform),
        [] => return Err(Failure::NO_OVERLOAD),
    };
    let mut entries = Vec::new();
    for (key, value) in pairs(&evaluate(target, scope)?)? {
        let with_key = scope.with(first, Ok(key.clone()));
        let with_both = with_key.with(second, Ok(value));
        let taken = filter.map_or(Ok(true), |filter| truth(evaluate(filter, &with_both)))?;
        if taken {
            entries.push((key, evaluate(transform, &with_both)?));
        }
    }
    Ok(if call.func_name == "transformList" {
        Val::list(entries.into_iter().map(|(_, value)| value).collect())
    } else {
        Val::Dict(Rc::new(entries))
    })
}
