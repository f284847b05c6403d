//! What is wrong with a text that is no expression, in the words of the parser that cel-go's grammar is generated for.

use kube_cel::cel;

use super::{nesting, parser::TooDeep, told::Position};
use crate::deep;

/// What comes behind an expression.
const ENDS: [&str; 5] = ["<EOF>", "':'", "')'", "']'", "'}'"];

/// The words, and the line and the column of each.
///
/// # Errors
/// When it is nested too deeply for that parser.
pub(super) fn mistakes(text: &str) -> Result<Vec<(Position, String)>, TooDeep> {
    let read = nesting::checked(text)?;
    let parser = cel::parser::Parser::new()
        .enable_optional_syntax(true)
        .max_recursion_depth(u16::MAX);
    let Some(wrong) = deep::with_room(|| parser.parse(&read).err()) else {
        return Ok(Vec::new());
    };
    let of_syntax = wrong.errors.into_iter();
    let of_syntax = of_syntax.filter(|error| error.msg.starts_with("Syntax error: "));
    let number = |number: isize| usize::try_from(number).unwrap_or_default();
    Ok(of_syntax
        .map(|error| ((number(error.pos.0), number(error.pos.1)), in_go(error.msg)))
        .collect())
}

/// Where an expression could go on or end, the parser that is generated in Go tells of its end alone; and cel-go says itself
/// what is wrong with a constant for a name.
///
/// Source: `reservedIdentifier` in cel-go's `parser/parser.go`.
fn in_go(message: String) -> String {
    for constant in ["true", "false", "null"] {
        if message.ends_with(&format!("no viable alternative at input '.{constant}'")) {
            return format!("Syntax error: mismatched input '{constant}' expecting IDENTIFIER");
        }
    }
    let Some((before, expected)) = message.split_once(" expecting {") else {
        return message;
    };
    let expected: Vec<_> = expected.trim_end_matches('}').split(", ").collect();
    let ends = expected.iter().filter(|one| ENDS.contains(one));
    match ends.collect::<Vec<_>>()[..] {
        [end] if expected.contains(&"'=='") => format!("{before} expecting {end}"),
        _ => message,
    }
}
