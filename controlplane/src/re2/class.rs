//! Classes of characters, and single ones.

use std::fmt::Write as _;

use super::{
    cursor::Cursor,
    refusal::{Unreadable, Why},
    unicode,
};

/// What is between brackets, or one of the classes that have names.
#[derive(Debug)]
pub(super) struct Class {
    folds: bool,
    negated: bool,
    /// As the `regex` crate has it between brackets.
    items: String,
}

const LETTERS_OF_WORDS: &str = "0-9A-Z_a-z";
const SPACES: &str = r"\t\n\x0C\r ";

impl Class {
    pub(super) fn new(folds: bool) -> Self {
        Self {
            folds,
            negated: false,
            items: String::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        let sign = if self.negated { "^" } else { "" };
        let flag = if self.folds { "i" } else { "" };
        if self.items.is_empty() {
            // Nothing, or everything.
            let all = r"\x{0}-\x{10FFFF}";
            let none = if self.negated { "" } else { "^" };
            return format!("[{none}{all}]");
        }
        format!("(?{flag}:[{sign}{}])", self.items)
    }

    fn add(&mut self, low: u32, high: u32) {
        // What stands for halves of UTF-16 is in no text.
        for (low, high) in [(low, high.min(0xD7FF)), (low.max(0xE000), high)] {
            if low <= high {
                // Writing into a String can't fail.
                let _ = write!(self.items, r"\x{{{low:X}}}-\x{{{high:X}}}");
            }
        }
    }

    fn add_set(&mut self, is_negated: bool, items: &str) {
        let sign = if is_negated { "^" } else { "" };
        let _ = write!(self.items, "[{sign}{items}]");
    }

    /// Takes in `\d`, `\pL`, `\p{Greek}` or their like, if that is next.
    pub(super) fn take_named(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Unreadable> {
        let mut letters = cursor.rest().chars();
        let (Some('\\'), Some(letter)) = (letters.next(), letters.next()) else {
            return Ok(false);
        };
        let items = match letter.to_ascii_lowercase() {
            'd' => "0-9",
            's' => SPACES,
            'w' => LETTERS_OF_WORDS,
            'p' => {
                let (is_negated, items) = unicode::class(cursor)?;
                self.add_set(is_negated, &items);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        cursor.skip(2);
        self.add_set(letter.is_ascii_uppercase(), items);
        Ok(true)
    }

    /// Takes in `[:alpha:]` or its like, if that is next.
    fn take_posix(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Unreadable> {
        let Some(end) = cursor
            .rest()
            .strip_prefix("[:")
            .and_then(|it| it.find(":]"))
        else {
            return Ok(false);
        };
        let whole = cursor.skip(end + 4);
        let name = &whole[2..end + 2];
        let (is_negated, name) = match name.strip_prefix('^') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let items = match name {
            "alnum" => "0-9A-Za-z",
            "alpha" => "A-Za-z",
            "ascii" => r"\x00-\x7F",
            "blank" => r"\t ",
            "cntrl" => r"\x00-\x1F\x7F",
            "digit" => "0-9",
            "graph" => "!-~",
            "lower" => "a-z",
            "print" => " -~",
            "punct" => r"!-/:-@\[-`{-~",
            "space" => r"\t\n\x0B\x0C\r ",
            "upper" => "A-Z",
            "word" => LETTERS_OF_WORDS,
            "xdigit" => "0-9A-Fa-f",
            _ => return Err(Unreadable::new(Why::CharacterRange, whole)),
        };
        self.add_set(is_negated, items);
        Ok(true)
    }
}

/// `[…]`
pub(super) fn bracketed(cursor: &mut Cursor<'_>, folds: bool) -> Result<Class, Unreadable> {
    let whole = cursor.rest();
    cursor.take("[");
    let mut class = Class::new(folds);
    class.negated = cursor.take("^");
    let mut is_first = true;
    while is_first || !cursor.rest().starts_with(']') {
        is_first = false;
        if class.take_posix(cursor)? || class.take_named(cursor)? {
            continue;
        }
        let start = *cursor;
        let low = letter(cursor, whole)?;
        let mut high = low;
        let mut ahead = *cursor;
        // At the end a dash stands for itself.
        if ahead.take("-") && ahead.peek().is_some_and(|next| next != ']') {
            *cursor = ahead;
            high = letter(cursor, whole)?;
            if high < low {
                return Err(Unreadable::new(Why::CharacterRange, cursor.since(start)));
            }
        }
        class.add(low, high);
    }
    cursor.take("]");
    Ok(class)
}

fn letter(cursor: &mut Cursor<'_>, whole: &str) -> Result<u32, Unreadable> {
    match cursor.peek() {
        None => Err(Unreadable::new(Why::NoBracket, whole)),
        Some('\\') => escaped(cursor),
        Some(letter) => {
            cursor.next();
            Ok(letter.into())
        }
    }
}

/// A character alone.
pub(super) fn literal(letter: u32, folds: bool) -> String {
    if let (Some(letter), false) = (char::from_u32(letter), folds) {
        return regex::escape(&letter.to_string());
    }
    let mut class = Class::new(folds);
    class.add(letter, letter);
    class.text()
}

/// The character that a backslash and what follows it stand for.
pub(super) fn escaped(cursor: &mut Cursor<'_>) -> Result<u32, Unreadable> {
    let start = *cursor;
    cursor.take("\\");
    let Some(letter) = cursor.next() else {
        return Err(Unreadable::new(Why::TrailingBackslash, ""));
    };
    let is_octal = |letter: Option<char>| letter.is_some_and(|it| matches!(it, '0'..='7'));
    let found = match letter {
        '1'..='7' if !is_octal(cursor.peek()) => None,
        '0'..='7' => {
            let mut value = digit(letter, 8).unwrap_or_default();
            for _ in 1..3 {
                if is_octal(cursor.peek()) {
                    let next = cursor.next().and_then(|it| digit(it, 8));
                    value = value * 8 + next.unwrap_or_default();
                }
            }
            Some(value)
        }
        'x' => hexadecimal(cursor),
        'a' => Some(0x07),
        'f' => Some(0x0C),
        'n' => Some(0x0A),
        'r' => Some(0x0D),
        't' => Some(0x09),
        'v' => Some(0x0B),
        other if other.is_ascii() && !other.is_ascii_alphanumeric() => Some(other.into()),
        _ => None,
    };
    found.ok_or_else(|| Unreadable::new(Why::Escape, cursor.since(start)))
}

fn digit(letter: char, radix: u32) -> Option<u32> {
    letter.to_digit(radix)
}

/// Two digits, or any number of them in braces.
fn hexadecimal(cursor: &mut Cursor<'_>) -> Option<u32> {
    if !cursor.take("{") {
        let (first, second) = (cursor.next(), cursor.next());
        let value = |letter: Option<char>| letter.and_then(|it| digit(it, 16));
        return Some(value(first)? * 16 + value(second)?);
    }
    let mut value = None;
    loop {
        let letter = cursor.next()?;
        if letter == '}' {
            return value;
        }
        let next = value.unwrap_or(0) * 16 + digit(letter, 16)?;
        value = (next <= u32::from(char::MAX)).then_some(next);
        value?;
    }
}
