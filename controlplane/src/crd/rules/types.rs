//! The types of expressions, as far as schemas tell them: a rule that can't be evaluated is refused with its definition.
//!
//! Source: cel-go `checker`, apiserver `pkg/cel/common/schemas.go` (`SchemaDeclType`) for the types of schemas.

use std::{collections::HashMap, fmt, rc::Rc};

use kube_cel::cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators,
};

use super::{escaping::unescaped, overloads};
use crate::crd::structural::{Node, Type};

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty<'a> {
    /// Not known before it's evaluated; also the items of an empty list, and what is wrong already.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Time,
    Duration,
    Type,
    List(Rc<Ty<'a>>),
    Map(Rc<Ty<'a>>, Rc<Ty<'a>>),
    Object(ByAddress<'a>),
    Optional(Rc<Ty<'a>>),
    /// A type of a library: `quantity`.
    Library(&'static str),
}

/// Objects are of one type where they have one schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByAddress<'a>(&'a Node);

impl PartialEq for ByAddress<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl fmt::Display for Ty<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Dyn => "dyn",
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Time => "timestamp",
            Self::Duration => "duration",
            Self::Type => "type",
            Self::Object(_) => "object",
            Self::List(items) => return write!(f, "list({items})"),
            Self::Map(keys, values) => return write!(f, "map({keys}, {values})"),
            Self::Optional(inner) => return write!(f, "optional_type({inner})"),
            Self::Library(name) => name,
        };
        f.write_str(name)
    }
}

impl<'a> Ty<'a> {
    /// None for what rules don't see.
    pub(super) fn of(node: &'a Node) -> Option<Self> {
        if node.int_or_string {
            return Some(Self::Dyn);
        }
        Some(match node.kind? {
            Type::Boolean => Self::Bool,
            Type::Integer => Self::Int,
            Type::Number => Self::Double,
            Type::String => match node.format_name.as_str() {
                "byte" => Self::Bytes,
                "duration" => Self::Duration,
                "date" | "date-time" => Self::Time,
                _ => Self::Text,
            },
            Type::Array => Self::List(Rc::new(Self::of(node.items.as_deref()?)?)),
            Type::Object => match node.additional.schema() {
                Some(values) => Self::Map(Rc::new(Self::Text), Rc::new(Self::of(values)?)),
                None => Self::Object(ByAddress(node)),
            },
        })
    }

    pub(super) fn list(item: Self) -> Self {
        Self::List(Rc::new(item))
    }

    pub(super) fn optional(inner: Self) -> Self {
        Self::Optional(Rc::new(inner))
    }

    /// The type that two values have in common; none where they have none.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        Some(match (self, other) {
            (Self::Dyn, known) | (known, Self::Dyn) => known.clone(),
            (Self::List(one), Self::List(other)) => Self::list(one.joined(other)?),
            (Self::Optional(one), Self::Optional(other)) => Self::optional(one.joined(other)?),
            (Self::Map(key, value), Self::Map(other_key, other)) => Self::Map(
                Rc::new(key.joined(other_key)?),
                Rc::new(value.joined(other)?),
            ),
            (Self::Null, nullable) | (nullable, Self::Null) => match nullable {
                Self::Null
                | Self::Object(_)
                | Self::Time
                | Self::Duration
                | Self::Optional(_)
                | Self::Library(_) => nullable.clone(),
                _ => return None,
            },
            (one, other) if one == other => one.clone(),
            _ => return None,
        })
    }

    fn is_numeric(&self) -> bool {
        matches!(self, Self::Int | Self::Uint | Self::Double)
    }
}

/// A mistake, and the expression that it is in.
pub(super) struct Mistake {
    pub(super) id: u64,
    pub(super) why: String,
}

/// Variables and their types.
struct Scope<'s, 'a> {
    outer: Option<&'s Scope<'s, 'a>>,
    name: &'s str,
    is: Ty<'a>,
}

impl<'s, 'a> Scope<'s, 'a> {
    fn with(&'s self, name: &'s str, is: Ty<'a>) -> Scope<'s, 'a> {
        Scope {
            outer: Some(self),
            name,
            is,
        }
    }

    fn find(&self, name: &str) -> Option<&Ty<'a>> {
        if self.name == name {
            Some(&self.is)
        } else {
            self.outer?.find(name)
        }
    }
}

/// The types of an expression and of all in it, which are told apart by where they are.
#[derive(Default)]
pub(super) struct Types<'a>(HashMap<*const IdedExpr, Ty<'a>>);

impl<'a> Types<'a> {
    pub(super) fn of(&self, expression: &IdedExpr) -> Ty<'a> {
        let known = self.0.get(&std::ptr::from_ref(expression));
        known.cloned().unwrap_or(Ty::Dyn)
    }
}

/// The types in an expression, or its mistakes in their order.
pub(super) fn check<'a>(
    expression: &IdedExpr,
    own: &Ty<'a>,
    old: Ty<'a>,
) -> Result<Types<'a>, Vec<Mistake>> {
    let scope = Scope {
        outer: None,
        name: "self",
        is: own.clone(),
    };
    let mut checker = Checker::default();
    checker.of(expression, &scope.with("oldSelf", old));
    if checker.mistakes.is_empty() {
        Ok(checker.types)
    } else {
        Err(checker.mistakes)
    }
}

#[derive(Default)]
struct Checker<'a> {
    mistakes: Vec<Mistake>,
    types: Types<'a>,
}

impl<'a> Checker<'a> {
    /// What is wrong is told once.
    fn wrong(&mut self, id: u64, why: String) -> Ty<'a> {
        self.mistakes.push(Mistake { id, why });
        Ty::Dyn
    }

    fn of(&mut self, expression: &IdedExpr, scope: &Scope<'_, 'a>) -> Ty<'a> {
        let is = self.found(expression, scope);
        self.types.0.insert(expression, is.clone());
        is
    }

    fn found(&mut self, expression: &IdedExpr, scope: &Scope<'_, 'a>) -> Ty<'a> {
        let id = expression.id;
        match &expression.expr {
            Expr::Literal(literal) => of_literal(literal),
            Expr::Ident(name) => match scope.find(name) {
                Some(is) => is.clone(),
                None if overloads::is_type(name) => Ty::Type,
                None => self.undeclared(id, name),
            },
            Expr::Select(select) => {
                let operand = self.of(&select.operand, scope);
                let field = self.selected(id, &operand, &select.field);
                if select.test { Ty::Bool } else { field }
            }
            Expr::Call(call) => self.called(id, call, scope),
            Expr::List(list) => {
                let mut item = Ty::Dyn;
                for (index, element) in list.elements.iter().enumerate() {
                    let mut is = self.of(element, scope);
                    if let (true, Ty::Optional(inner)) =
                        (list.optional_indices.contains(&index), &is)
                    {
                        is = (**inner).clone();
                    }
                    item = item.joined(&is).unwrap_or(Ty::Dyn);
                }
                Ty::list(item)
            }
            Expr::Map(map) => {
                let (mut keys, mut values) = (Ty::Dyn, Ty::Dyn);
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        let (key, value) =
                            (self.of(&entry.key, scope), self.of(&entry.value, scope));
                        keys = keys.joined(&key).unwrap_or(Ty::Dyn);
                        values = values.joined(&value).unwrap_or(Ty::Dyn);
                    }
                }
                Ty::Map(Rc::new(keys), Rc::new(values))
            }
            Expr::Comprehension(comprehension) => self.folded(comprehension, scope),
            Expr::Struct(message) if is_well_known(&message.type_name) => Ty::Dyn,
            Expr::Struct(message) => self.undeclared(id, &message.type_name),
            Expr::Unspecified => Ty::Dyn,
        }
    }

    fn undeclared(&mut self, id: u64, name: &str) -> Ty<'a> {
        self.wrong(
            id,
            format!("undeclared reference to '{name}' (in container '')"),
        )
    }

    fn selected(&mut self, id: u64, operand: &Ty<'a>, field: &str) -> Ty<'a> {
        match operand {
            Ty::Dyn => Ty::Dyn,
            Ty::Optional(inner) => match self.selected(id, inner, field) {
                twice @ Ty::Optional(_) => twice,
                found => Ty::optional(found),
            },
            Ty::Map(_, values) => (**values).clone(),
            Ty::Object(ByAddress(node)) => {
                let name = unescaped(field);
                match node.properties.get(name.as_ref()).and_then(Ty::of) {
                    Some(found) => found,
                    None => self.wrong(id, format!("undefined field '{field}'")),
                }
            }
            other => self.wrong(
                id,
                format!("type '{other}' does not support field selection"),
            ),
        }
    }

    fn called(&mut self, id: u64, call: &CallExpr, scope: &Scope<'_, 'a>) -> Ty<'a> {
        let Some(target) = &call.target else {
            return self.called_globally(id, &call.func_name, call, scope);
        };
        if let Expr::Ident(library) = &target.expr {
            let name = format!("{library}.{}", call.func_name);
            if scope.find(library).is_none() && overloads::is_known(&name) {
                return self.called_globally(id, &name, call, scope);
            }
        }
        let is = self.of(target, scope);
        if let Some(found) = self.expanded(call, &is, scope) {
            return found;
        }
        let arguments: Vec<Ty<'a>> = call
            .args
            .iter()
            .map(|argument| self.of(argument, scope))
            .collect();
        if !overloads::is_known(&call.func_name) {
            return self.undeclared(id, &call.func_name);
        }
        let shown = shown(&arguments);
        let name = &call.func_name;
        overloads::method(name, &is, &arguments)
            .unwrap_or_else(|| self.no_overload(id, name, &format!("{is}.({shown})")))
    }

    fn no_overload(&mut self, id: u64, name: &str, applied: &str) -> Ty<'a> {
        self.wrong(
            id,
            format!("found no matching overload for '{name}' applied to '{applied}'"),
        )
    }

    fn called_globally(
        &mut self,
        id: u64,
        name: &str,
        call: &CallExpr,
        scope: &Scope<'_, 'a>,
    ) -> Ty<'a> {
        if let (operators::LOGICAL_AND | operators::LOGICAL_OR, [one, other]) =
            (name, &call.args[..])
        {
            for operand in [one, other] {
                let is = self.of(operand, scope);
                if !matches!(is, Ty::Bool | Ty::Dyn) {
                    self.wrong(operand.id, format!("expected type 'bool' but found '{is}'"));
                }
            }
            return Ty::Bool;
        }
        let arguments: Vec<Ty<'a>> = call
            .args
            .iter()
            .map(|argument| self.of(argument, scope))
            .collect();
        if let (operators::OPT_SELECT, [operand, _]) = (name, &arguments[..])
            && let Expr::Literal(LiteralValue::String(field)) = &call.args[1].expr
        {
            return match self.selected(id, operand, field.inner()) {
                found @ Ty::Optional(_) => found,
                found => Ty::optional(found),
            };
        }
        let found = match operated(name, &arguments) {
            Some(found) => found,
            None if !overloads::is_known(name) => return self.undeclared(id, name),
            None => overloads::global(name, &arguments),
        };
        let shown = format!("({})", shown(&arguments));
        found.unwrap_or_else(|| self.no_overload(id, name, &shown))
    }

    fn ranged(&mut self, range: &IdedExpr, is: &Ty<'a>) -> (Ty<'a>, Ty<'a>) {
        match is {
            Ty::Dyn => (Ty::Dyn, Ty::Dyn),
            Ty::List(items) => (Ty::Int, (**items).clone()),
            Ty::Map(keys, values) => ((**keys).clone(), (**values).clone()),
            other => {
                let why = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                (self.wrong(range.id, why), Ty::Dyn)
            }
        }
    }

    fn folded(&mut self, comprehension: &ComprehensionExpr, scope: &Scope<'_, 'a>) -> Ty<'a> {
        let range = self.of(&comprehension.iter_range, scope);
        let (key, value) = self.ranged(&comprehension.iter_range, &range);
        let item = if matches!(range, Ty::Map(..)) {
            key
        } else {
            value
        };
        let mut accumulated = self.of(&comprehension.accu_init, scope);
        let with_accumulated = scope.with(&comprehension.accu_var, accumulated.clone());
        let with_item = with_accumulated.with(&comprehension.iter_var, item);
        let step = self.of(&comprehension.loop_step, &with_item);
        accumulated = accumulated.joined(&step).unwrap_or(step);
        self.of(
            &comprehension.result,
            &scope.with(&comprehension.accu_var, accumulated),
        )
    }

    /// Macros of two variables and of optional values.
    fn expanded(&mut self, call: &CallExpr, is: &Ty<'a>, scope: &Scope<'_, 'a>) -> Option<Ty<'a>> {
        let name = |index: usize| match &call.args.get(index)?.expr {
            Expr::Ident(name) => Some(name.as_str()),
            _ => None,
        };
        let target = call.target.as_deref()?;
        match (call.func_name.as_str(), call.args.len()) {
            ("optMap" | "optFlatMap", 2) => {
                let inner = if let Ty::Optional(inner) = is {
                    (**inner).clone()
                } else {
                    Ty::Dyn
                };
                let mapped = self.of(&call.args[1], &scope.with(name(0)?, inner));
                Some(if call.func_name == "optMap" {
                    Ty::optional(mapped)
                } else {
                    mapped
                })
            }
            ("all" | "exists" | "existsOne" | "exists_one", 3) => {
                let (key, value) = self.ranged(target, is);
                let with_key = scope.with(name(0)?, key);
                self.of(&call.args[2], &with_key.with(name(1)?, value));
                Some(Ty::Bool)
            }
            ("transformList" | "transformMap", 3 | 4) => {
                let (key, value) = self.ranged(target, is);
                let with_key = scope.with(name(0)?, key.clone());
                let with_both = with_key.with(name(1)?, value);
                let mapped = call.args[2..]
                    .iter()
                    .map(|argument| self.of(argument, &with_both))
                    .last()?;
                Some(if call.func_name == "transformList" {
                    Ty::list(mapped)
                } else {
                    Ty::Map(Rc::new(key), Rc::new(mapped))
                })
            }
            _ => None,
        }
    }
}

fn shown(arguments: &[Ty<'_>]) -> String {
    let shown: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    shown.join(", ")
}

/// A message of protobuf itself, whose types are not known here.
fn is_well_known(message: &str) -> bool {
    message.starts_with("google.protobuf.")
}

fn of_literal<'a>(literal: &LiteralValue) -> Ty<'a> {
    match literal {
        LiteralValue::Boolean(_) => Ty::Bool,
        LiteralValue::Bytes(_) => Ty::Bytes,
        LiteralValue::Double(_) => Ty::Double,
        LiteralValue::Int(_) => Ty::Int,
        LiteralValue::Null => Ty::Null,
        LiteralValue::String(_) => Ty::Text,
        LiteralValue::UInt(_) => Ty::Uint,
    }
}

/// What an operator comes to: none where it is none, `Some(None)` where it can't be applied.
#[expect(clippy::option_option, reason = "two questions in one")]
fn operated<'a>(name: &str, arguments: &[Ty<'a>]) -> Option<Option<Ty<'a>>> {
    use operators as op;
    Some(match (name, arguments) {
        (op::CONDITIONAL, [condition, one, other]) => {
            let joined = one.joined(other);
            joined.filter(|_| matches!(condition, Ty::Bool | Ty::Dyn))
        }
        (op::EQUALS | op::NOT_EQUALS, [one, other]) => one.joined(other).map(|_| Ty::Bool),
        (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [one, other]) => {
            let ordered = |is: &Ty<'_>| {
                is.is_numeric()
                    || matches!(
                        is,
                        Ty::Dyn | Ty::Bool | Ty::Text | Ty::Bytes | Ty::Time | Ty::Duration
                    )
            };
            let numbers = one.is_numeric() && other.is_numeric();
            let same = one.joined(other).is_some_and(|is| ordered(&is));
            (numbers || same).then_some(Ty::Bool)
        }
        (op::LOGICAL_NOT, [is]) => matches!(is, Ty::Bool | Ty::Dyn).then_some(Ty::Bool),
        (op::NOT_STRICTLY_FALSE, [_]) => Some(Ty::Bool),
        (op::NEGATE, [is]) => {
            matches!(is, Ty::Int | Ty::Double | Ty::Duration | Ty::Dyn).then(|| is.clone())
        }
        (op::IN, [item, container]) => match container {
            Ty::Dyn => Some(Ty::Bool),
            Ty::List(items) => items.joined(item).map(|_| Ty::Bool),
            Ty::Map(keys, _) => keys.joined(item).map(|_| Ty::Bool),
            _ => None,
        },
        (op::INDEX, [operand, index]) => indexed(operand, index),
        (op::OPT_INDEX, [operand, index]) => match indexed(operand, index)? {
            found @ Ty::Optional(_) => Some(found),
            found => Some(Ty::optional(found)),
        },
        (op::ADD, [one, other]) => match (one, other) {
            (Ty::Time, Ty::Duration) | (Ty::Duration, Ty::Time) => Some(Ty::Time),
            _ => one.joined(other).filter(|is| {
                is.is_numeric()
                    || matches!(
                        is,
                        Ty::Dyn | Ty::Text | Ty::Bytes | Ty::List(_) | Ty::Duration
                    )
            }),
        },
        (op::SUBSTRACT, [one, other]) => match (one, other) {
            (Ty::Time, Ty::Time) => Some(Ty::Duration),
            (Ty::Time, Ty::Duration) => Some(Ty::Time),
            _ => one
                .joined(other)
                .filter(|is| is.is_numeric() || matches!(is, Ty::Dyn | Ty::Duration)),
        },
        (op::MULTIPLY | op::DIVIDE, [one, other]) => one
            .joined(other)
            .filter(|is| is.is_numeric() || *is == Ty::Dyn),
        (op::MODULO, [one, other]) => one
            .joined(other)
            .filter(|is| matches!(is, Ty::Int | Ty::Uint | Ty::Dyn)),
        _ => return None,
    })
}

fn indexed<'a>(operand: &Ty<'a>, index: &Ty<'a>) -> Option<Ty<'a>> {
    match operand {
        Ty::Dyn => Some(Ty::Dyn),
        Ty::Optional(inner) => indexed(inner, index).map(Ty::optional),
        Ty::List(items) => matches!(index, Ty::Int | Ty::Dyn).then(|| (**items).clone()),
        Ty::Map(keys, values) => keys.joined(index).map(|_| (**values).clone()),
        _ => None,
    }
}
