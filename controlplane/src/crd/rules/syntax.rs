//! What is wrong with a text that is no expression, in the words of the parser that cel-go's grammar is generated for.

use kube_cel::cel::parser;

/// The words, and the line and the column of each.
pub(super) fn mistakes(text: &str) -> Vec<((usize, usize), String)> {
    // It has no limit of its own: [`nesting`](super::nesting) comes before.
    let parser = parser::Parser::new()
        .enable_optional_syntax(true)
        .max_recursion_depth(u16::MAX);
    let Err(wrong) = parser.parse(text) else {
        return Vec::new();
    };
    let of_syntax = wrong.errors.into_iter();
    let of_syntax = of_syntax.filter(|error| error.msg.starts_with("Syntax error: "));
    let number = |number: isize| usize::try_from(number).unwrap_or_default();
    of_syntax
        .map(|error| ((number(error.pos.0), number(error.pos.1)), in_go(error.msg)))
        .collect()
}

/// Where an expression could go on or end, the parser that is generated in Go tells of its end alone.
fn in_go(message: String) -> String {
    const ENDS: [&str; 5] = ["<EOF>", "':'", "')'", "']'", "'}'"];
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
