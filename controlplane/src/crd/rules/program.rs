//! A rule, read once.

use kube_cel::cel::{
    common::ast::{Expr, LiteralValue},
    parser::Expression,
};

use super::{
    cost,
    evaluation::{Patterns, Scope, evaluate},
    literals,
    parser::{self, Parsed, Places, Unparsed},
    syntax,
    told::{At, of_all, told},
    types::{Mistake, Ty, check},
    value::{Outcome, Val},
};
use crate::{crd::structural::Node, deep, re2::Pattern};

/// An expression that was parsed.
#[derive(Debug)]
pub(crate) struct Program {
    text: String,
    expression: Expression,
    places: Places,
    uses_old_self: bool,
    patterns: Patterns,
}

/// The letters of an expression, as `expressionSizeCodePointLimit` of cel-go's parser.
const LONGEST: usize = 100_000;

impl Program {
    /// Parses an expression; the server's words where it is none.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(of_all(format_args!(
                "expression code point size exceeds limit: size: {length}, limit {LONGEST}"
            )));
        }
        let parsed = deep::with_room(|| parser::parse(text));
        let parsed = parsed.map_err(|unparsed| words(text, unparsed));
        let Parsed { expression, places } = parsed?;
        let uses_old_self = expression.references().has_variable("oldSelf");
        let mut patterns = Patterns::new();
        find_patterns(&expression, &mut patterns);
        Ok(Self {
            text: text.to_owned(),
            expression,
            places,
            uses_old_self,
            patterns,
        })
    }

    pub(crate) fn uses_old_self(&self) -> bool {
        self.uses_old_self
    }

    pub(super) fn evaluate<'a>(&'a self, own: Val<'a>, old: Option<Val<'a>>) -> Outcome<'a> {
        let scope = Scope {
            outer: None,
            name: "self",
            value: Ok(own),
            patterns: &self.patterns,
        };
        match old {
            Some(old) => evaluate(&self.expression, &scope.with("oldSelf", Ok(old))),
            None => evaluate(&self.expression, &scope),
        }
    }

    /// What it costs at most for values of the schema, or what is wrong with it.
    pub(crate) fn estimated(
        &self,
        node: &Node,
        optional_old: bool,
        wanted: Wanted,
    ) -> Result<u64, Misfit> {
        let Some(own) = Ty::of(node) else {
            return Ok(0);
        };
        let old = if optional_old {
            Ty::optional(own.clone())
        } else {
            own.clone()
        };
        let types = check(&self.expression, &own, old).map_err(|wrong| self.told(wrong))?;
        let unread = literals::mistakes(&self.expression);
        if !unread.is_empty() {
            return Err(self.told(unread));
        }
        match (types.of(&self.expression), wanted) {
            (Ty::Bool, Wanted::Truth) | (Ty::Text, Wanted::Text) => {}
            _ => return Err(Misfit::Type),
        }
        match literals::unreadable_pattern(&self.expression) {
            Some(why) => Err(Misfit::Unready(why)),
            None => Ok(cost::most(&self.expression, node, &types)),
        }
    }

    /// Mistakes in the words of the server, in the order of their places.
    fn told(&self, mistakes: Vec<Mistake>) -> Misfit {
        let mistakes = mistakes.into_iter();
        let mistakes = mistakes.map(|mistake| (At::Byte(self.places.of(mistake.id)), mistake.why));
        Misfit::Uncompiled(told(&self.text, mistakes.collect()))
    }
}

/// Why a text was not parsed.
fn words(text: &str, unparsed: Unparsed) -> String {
    let at_bytes = |mistakes: Vec<(usize, String)>| {
        let mistakes = mistakes.into_iter();
        mistakes.map(|(at, why)| (At::Byte(at), why))
    };
    match unparsed {
        Unparsed::Mistaken(mistakes) => told(text, at_bytes(mistakes).collect()),
        Unparsed::TooDeep(what) => of_all(what),
        Unparsed::NoExpression { mistakes, misfit } => match syntax::mistakes(text) {
            Err(what) => of_all(what),
            Ok(of_syntax) => {
                let of_syntax = of_syntax.into_iter();
                let of_syntax = of_syntax.map(|(position, why)| (At::Position(position), why));
                let mut all: Vec<_> = of_syntax.chain(at_bytes(mistakes)).collect();
                if let (true, Some((at, misfit))) = (all.is_empty(), misfit) {
                    let why = format!("Syntax error: no viable alternative at input '{misfit}'");
                    all.push((At::Byte(at), why));
                }
                told(text, all)
            }
        },
    }
}

/// What an expression is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Truth,
    Text,
}

/// Why an expression that was parsed is none that can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It comes to another type than is wanted.
    Type,
    /// Something is wrong with the types in it, or with its literals.
    Uncompiled(String),
    /// Something in it can't be made ready.
    Unready(String),
}

/// The patterns of `matches` that are literals.
fn find_patterns(expression: &Expression, patterns: &mut Patterns) {
    match &expression.expr {
        Expr::Call(call) => {
            if let ("matches", [argument]) = (call.func_name.as_str(), &call.args[..])
                && let Expr::Literal(LiteralValue::String(text)) = &argument.expr
            {
                let text = text.inner();
                patterns.insert(text.to_owned(), Pattern::new(text.to_owned()));
            }
            call.target
                .iter()
                .for_each(|target| find_patterns(target, patterns));
            call.args
                .iter()
                .for_each(|argument| find_patterns(argument, patterns));
        }
        Expr::Comprehension(comprehension) => {
            find_patterns(&comprehension.iter_range, patterns);
            find_patterns(&comprehension.loop_step, patterns);
        }
        Expr::Select(select) => find_patterns(&select.operand, patterns),
        Expr::List(list) => list
            .elements
            .iter()
            .for_each(|element| find_patterns(element, patterns)),
        _ => {}
    }
}
