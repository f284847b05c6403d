//! A rule, read once.

use kube_cel::cel::{
    common::ast::{Expr, LiteralValue},
    parser::Expression,
};

use super::{
    cost,
    evaluation::{Patterns, Scope, evaluate},
    literals, nesting,
    parser::{self, Parsed, Places},
    syntax,
    types::{Mistake, Ty, check},
    value::{Outcome, Val},
};
use crate::{crd::structural::Node, re2::Pattern};

/// An expression that was parsed.
#[derive(Debug)]
pub(crate) struct Program {
    text: String,
    expression: Expression,
    places: Places,
    uses_old_self: bool,
    patterns: Patterns,
}

/// The line and the column of a letter. They count from one.
type Position = (usize, usize);

impl Program {
    /// Parses an expression; the server's words where it is none.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let read = nesting::checked(text);
        let read = read.map_err(|why| format!("ERROR: <input>:-1:0: {why}"))?;
        let Parsed { expression, places } = parser::parse(text).map_err(|unparsed| {
            let mistakes = unparsed.mistakes.into_iter();
            let mut mistakes: Vec<_> = mistakes
                .map(|(at, why)| (position(text, at), why))
                .collect();
            if !unparsed.is_expression {
                mistakes.extend(syntax::mistakes(&read));
            }
            told(text, mistakes)
        })?;
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
        let mistakes = mistakes.into_iter().map(|mistake| {
            let place = position(&self.text, self.places.of(mistake.id));
            (place, mistake.why)
        });
        Misfit::Uncompiled(told(&self.text, mistakes.collect()))
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

/// Where a byte is.
fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let lines = before.matches('\n').count();
    (lines + 1, before[line..].chars().count() + 1)
}

/// Mistakes, in the order of their places.
fn told(text: &str, mut mistakes: Vec<(Position, String)>) -> String {
    mistakes.sort_by_key(|(place, _)| *place);
    let mistakes = mistakes.into_iter();
    let told: Vec<_> = mistakes
        .map(|(place, why)| told_at(text, place, &why))
        .collect();
    told.join("\n")
}

/// A mistake and where it is, as cel-go shows it.
///
/// Source: cel-go `common/error.go`.
fn told_at(text: &str, (line, column): Position, why: &str) -> String {
    let shown = text.split('\n').nth(line - 1).unwrap_or_default();
    let mut letters = shown.chars();
    let dots = letters.by_ref().take(column - 1);
    let dots: String = dots
        .map(|letter| if letter.is_ascii() { '.' } else { '\u{ff0e}' })
        .collect();
    let is_wide = letters.next().is_some_and(|letter| !letter.is_ascii());
    let arrow = if is_wide { '\u{ff3e}' } else { '^' };
    let shown = shown.replace('\t', " ");
    format!("ERROR: <input>:{line}:{column}: {why}\n | {shown}\n | {dots}{arrow}")
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
