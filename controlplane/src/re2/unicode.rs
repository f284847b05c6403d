//! The names in `\p{…}`: categories of characters and scripts, as Unicode 15.0 has them and Go finds them.

use super::{
    cursor::Cursor,
    refusal::{Unreadable, Why},
};

/// In Go's canonical form. Go finds no script whose name has several words.
const SCRIPTS: &str = include_str!("scripts.txt");

/// Reads `\pL`, `\P{Greek}`, `\p{^Nd}`: whether it is negated, and what the `regex` crate has between brackets for it.
pub(super) fn class(cursor: &mut Cursor<'_>) -> Result<(bool, String), Unreadable> {
    let start = *cursor;
    let is_upper = cursor.skip(2) == r"\P";
    let name = if cursor.rest().starts_with('{') {
        let Some(end) = cursor.rest().find('}') else {
            return Err(Unreadable::new(Why::CharacterRange, start.rest()));
        };
        let braced = cursor.skip(end + 1);
        &braced[1..end]
    } else {
        let length = cursor.peek().map_or(0, char::len_utf8);
        cursor.skip(length)
    };
    let (has_sign, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name),
    };
    match items(&canonical(name)) {
        Some((is_inverse, items)) => Ok((is_upper ^ has_sign ^ is_inverse, items)),
        None => Err(Unreadable::new(Why::CharacterRange, cursor.since(start))),
    }
}

/// The class of a name, or what it has not.
fn items(name: &str) -> Option<(bool, String)> {
    const UNASSIGNED: &str = r"\p{Cn}[^\p{age=15.0}]";
    let (is_inverse, items) = match name {
        "Any" => (false, r"\x{0}-\x{10FFFF}".to_owned()),
        "Ascii" => (false, r"\x00-\x7F".to_owned()),
        "Assigned" => (true, UNASSIGNED.to_owned()),
        _ => match category(name) {
            Some("Cn") => (false, UNASSIGNED.to_owned()),
            Some("C") => (false, format!(r"\p{{C}}{UNASSIGNED}")),
            // Halves of UTF-16 stand in no text.
            Some("Cs") => (true, r"\x{0}-\x{10FFFF}".to_owned()),
            Some(category) => (false, format!(r"\p{{gc={category}}}&&\p{{age=15.0}}")),
            None => {
                let is_known = SCRIPTS.split_whitespace().any(|script| script == name);
                is_known.then_some(())?;
                (false, format!(r"\p{{sc={name}}}&&\p{{age=15.0}}"))
            }
        },
    };
    Some((is_inverse, items))
}

/// A capital first, small letters then, and nothing between words.
fn canonical(name: &str) -> String {
    let letters = name
        .chars()
        .filter(|letter| !matches!(letter, '_' | '-' | ' '));
    let cased = letters.enumerate().map(|(index, letter)| {
        if index == 0 {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    });
    cased.collect()
}

/// The short name of a category, of any of its names.
fn category(name: &str) -> Option<&str> {
    const SHORT: [&str; 36] = [
        "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me",
        "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc",
        "Sk", "Sm", "So", "Z", "Zl", "Zp",
    ];
    if SHORT.contains(&name) || name == "Zs" {
        return Some(name);
    }
    Some(match name {
        "Casedletter" | "Lc" => "LC",
        "Closepunctuation" => "Pe",
        "Combiningmark" | "Mark" => "M",
        "Connectorpunctuation" => "Pc",
        "Control" | "Cntrl" => "Cc",
        "Currencysymbol" => "Sc",
        "Dashpunctuation" => "Pd",
        "Decimalnumber" | "Digit" => "Nd",
        "Enclosingmark" => "Me",
        "Finalpunctuation" => "Pf",
        "Format" => "Cf",
        "Initialpunctuation" => "Pi",
        "Letter" => "L",
        "Letternumber" => "Nl",
        "Lineseparator" => "Zl",
        "Lowercaseletter" => "Ll",
        "Mathsymbol" => "Sm",
        "Modifierletter" => "Lm",
        "Modifiersymbol" => "Sk",
        "Nonspacingmark" => "Mn",
        "Number" => "N",
        "Openpunctuation" => "Ps",
        "Other" => "C",
        "Otherletter" => "Lo",
        "Othernumber" => "No",
        "Otherpunctuation" => "Po",
        "Othersymbol" => "So",
        "Paragraphseparator" => "Zp",
        "Privateuse" => "Co",
        "Punctuation" | "Punct" => "P",
        "Separator" => "Z",
        "Spaceseparator" => "Zs",
        "Spacingmark" => "Mc",
        "Surrogate" => "Cs",
        "Symbol" => "S",
        "Titlecaseletter" => "Lt",
        "Unassigned" => "Cn",
        "Uppercaseletter" => "Lu",
        _ => return None,
    })
}
