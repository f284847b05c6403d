//! Regular expressions as Go has them: its syntax, its refusals in its words, and what its classes hold.
//!
//! [`parse`] reads an expression and writes the same one for the `regex` crate, with nothing left to that crate's own
//! reading: [`class`] the classes, [`unicode`] the names in `\p{…}`. [`refusal`] is what Go says of what it can't read. A
//! [`Pattern`] is made ready when a text is first held against it.

mod class;
mod cursor;
mod parse;
mod pattern;
mod refusal;
mod unicode;

#[cfg(test)]
mod tests;

use regex::{Regex, RegexBuilder};

use crate::deep;
pub(crate) use pattern::Pattern;
pub(crate) use refusal::Unreadable;
use refusal::Why;

/// Go has no such limits: an expression that Go takes is to be taken here.
const PROGRAM_SIZE: usize = 1 << 30;
const NESTING: u32 = 100_000;

/// Whether it is an expression of Go's. How large it becomes when it is made ready is not looked at.
pub(crate) fn check(expression: &str) -> Result<(), Unreadable> {
    parse::translate(expression).map(drop)
}

/// Makes ready an expression of Go's.
pub(crate) fn compile(expression: &str) -> Result<Regex, Unreadable> {
    let translated = parse::translate(expression)?;
    let mut builder = RegexBuilder::new(&translated);
    builder.size_limit(PROGRAM_SIZE).nest_limit(NESTING);
    let built = deep::with_room(|| builder.build());
    built.map_err(|_| Unreadable::new(Why::TooLarge, expression))
}
