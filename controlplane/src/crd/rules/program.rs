//! A rule, read once.

use std::sync::Arc;

use kube_cel::cel::{
    common::ast::{Expr, LiteralValue, SourceInfo},
    parser::{Expression, Parser},
};

use super::{
    cost,
    evaluation::{Patterns, Scope, evaluate},
    literals, nesting,
    types::{Mistake, Ty, check},
    value::{Outcome, Val},
};
use crate::{crd::structural::Node, re2::Pattern};

/// How much further the parser counts in a list, whose bracket comes first: parts and letters.
const IN_LIST: (u64, u32) = (1, 1);

/// An expression that was parsed.
#[derive(Debug)]
pub(crate) struct Program {
    text: String,
    expression: Expression,
    uses_old_self: bool,
    patterns: Patterns,
}

impl Program {
    /// Parses an expression; the server's words where it is none.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let read = nesting::checked(text);
        let read = read.map_err(|why| format!("ERROR: <input>:-1:0: {why}"))?;
        let parsed = parser().parse(&read);
        let expression = parsed.map_err(|errors| {
            let told = errors
                .errors
                .iter()
                .map(|error| told_at(text, error.pos, &error.msg));
            told.collect::<Vec<_>>().join("\n")
        })?;
        let uses_old_self = expression.references().has_variable("oldSelf");
        let mut patterns = Patterns::new();
        find_patterns(&expression, &mut patterns);
        Ok(Self {
            text: text.to_owned(),
            expression,
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
        let places = self.places();
        let mut told: Vec<_> = mistakes
            .into_iter()
            .map(|mistake| {
                let part = mistake.id + IN_LIST.0;
                let offsets = places.as_ref().and_then(|at| at.offset_for(part));
                let start = offsets.map_or(0, |(start, _)| start.saturating_sub(IN_LIST.1));
                (position(&self.text, start), mistake.why)
            })
            .collect();
        told.sort_by_key(|(place, _)| *place);
        let told = told.into_iter();
        let told = told.map(|(place, why)| told_at(&self.text, place, &why));
        Misfit::Uncompiled(told.collect::<Vec<_>>().join("\n"))
    }

    /// Where each part is, in a list: beside something that is no expression, the parser tells it.
    fn places(&self) -> Option<Arc<SourceInfo>> {
        let read = nesting::checked(&self.text).ok()?;
        let wrong = parser().parse(&format!("[{read}\n,has(0)]")).err()?;
        wrong.errors.into_iter().find_map(|error| error.source_info)
    }
}

/// It has no limit of its own: [`nesting`] comes before.
fn parser() -> Parser {
    Parser::new()
        .enable_optional_syntax(true)
        .max_recursion_depth(u16::MAX)
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

/// The line and the column of a letter.
fn position(text: &str, letter: u32) -> (isize, isize) {
    let (mut line, mut column) = (1, 1);
    for letter in text
        .chars()
        .take(usize::try_from(letter).unwrap_or_default())
    {
        if letter == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
    }
    (line, column)
}

/// A mistake and where it is, as cel-go shows it; lines and columns count from one.
pub(crate) fn told_at(text: &str, (line, column): (isize, isize), why: &str) -> String {
    let at = usize::try_from(line - 1).unwrap_or_default();
    let shown = text.split('\n').nth(at).unwrap_or_default();
    let dots = ".".repeat(usize::try_from(column - 1).unwrap_or_default());
    format!("ERROR: <input>:{line}:{column}: {why}\n | {shown}\n | {dots}^")
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
