//! What is wrong with an expression, and where, as cel-go shows it.

use std::fmt;

/// How many mistakes are told, as `maxErrorsToReport` of cel-go's.
const MOST: usize = 100;

/// The longest line that is shown, in bytes, as `maxSnippetLength` of cel-go's.
const LONGEST_LINE: usize = 16_384;

/// The line and the column of a letter. They count from one.
pub(super) type Position = (usize, usize);

/// Where a mistake is.
#[derive(Clone, Copy)]
pub(super) enum At {
    Byte(usize),
    Position(Position),
}

impl At {
    fn position(self, text: &str) -> Position {
        match self {
            Self::Byte(at) => position(text, at),
            Self::Position(position) => position,
        }
    }
}

/// What is wrong with an expression as a whole.
pub(super) fn of_all(why: impl fmt::Display) -> String {
    format!("ERROR: <input>:-1:0: {why}")
}

/// Where a byte is.
fn position(text: &str, at: usize) -> Position {
    let before = &text[..at];
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let lines = before.matches('\n').count();
    (lines + 1, before[line..].chars().count() + 1)
}

/// The first mistakes, in the order of their places, as cel-go shows them.
///
/// Source: cel-go `common/errors.go`.
pub(super) fn told(text: &str, mistakes: Vec<(At, String)>) -> String {
    let more = mistakes.len().saturating_sub(MOST);
    let first = mistakes.into_iter().take(MOST);
    let mut mistakes: Vec<_> = first.map(|(at, why)| (at.position(text), why)).collect();
    mistakes.sort_by_key(|(place, _)| *place);
    let mistakes = mistakes.into_iter();
    let told = mistakes.map(|(place, why)| told_at(text, place, &why));
    let mut told: Vec<_> = told.collect();
    if more > 0 {
        told.push(format!("{more} more errors were truncated"));
    }
    told.join("\n")
}

/// A mistake and where it is.
///
/// Source: cel-go `common/error.go`.
fn told_at(text: &str, (line, column): Position, why: &str) -> String {
    let told = format!("ERROR: <input>:{line}:{column}: {why}");
    let shown = text.split('\n').nth(line - 1).unwrap_or_default();
    if shown.len() > LONGEST_LINE {
        return told;
    }
    let mut letters = shown.chars();
    let dots = letters.by_ref().take(column - 1);
    let dots: String = dots
        .map(|letter| if letter.is_ascii() { '.' } else { '\u{ff0e}' })
        .collect();
    let is_wide = letters.next().is_some_and(|letter| !letter.is_ascii());
    let arrow = if is_wide { '\u{ff3e}' } else { '^' };
    let shown = shown.replace('\t', " ");
    format!("{told}\n | {shown}\n | {dots}{arrow}")
}
