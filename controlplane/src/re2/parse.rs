//! The grammar: as `regexp/syntax` of Go reads it with the flags `Perl`.

use super::{
    class::{self, Class},
    cursor::Cursor,
    refusal::{Unreadable, Why},
};

/// How often anything may be repeated, counters within counters taken together.
const MOST_COPIES: u64 = 1000;
const DEEPEST: usize = 1000;

/// What letters in front of a colon turn on and off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a letter of the syntax"
)]
pub(super) struct Flags {
    /// `i`
    pub(super) folds: bool,
    /// `m`: `^` and `$` are of lines.
    lines: bool,
    /// `s`: a dot takes line feeds, too.
    dot_takes_all: bool,
    /// `U`: what is repeated is repeated as seldom as can be.
    lazy: bool,
}

/// A part of an expression, as the `regex` crate reads it.
#[derive(Clone, Debug)]
struct Piece {
    text: String,
    /// How deep Go nests it.
    height: usize,
    /// How often its counters repeat something in it.
    copies: u64,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// One after the other; Go has them in one.
    Letters,
    Sequence,
    Choice,
    Other,
}

/// What stands between an open parenthesis and its end.
#[derive(Debug, Default)]
struct Group {
    captures: bool,
    /// Those in force where it began.
    flags: Flags,
    branches: Vec<Piece>,
    pieces: Vec<Piece>,
}

struct Parser<'e> {
    cursor: Cursor<'e>,
    flags: Flags,
    /// The groups that are open, the whole first.
    outer: Vec<Group>,
    group: Group,
    /// Where the repetition begins that was read last, if that was just now.
    repeated_at: Option<Cursor<'e>>,
}

/// Writes an expression for the `regex` crate.
pub(super) fn translate(expression: &str) -> Result<String, Unreadable> {
    let mut parser = Parser {
        cursor: Cursor::new(expression),
        flags: Flags::default(),
        outer: Vec::new(),
        group: Group::default(),
        repeated_at: None,
    };
    while let Some(next) = parser.cursor.peek() {
        let repeated_at = parser.repeated_at.take();
        parser.part(next, repeated_at)?;
    }
    if !parser.outer.is_empty() {
        return Err(Unreadable::new(Why::NoParenthesis, expression));
    }
    let whole = std::mem::take(&mut parser.group).close();
    parser.check_height(&whole)?;
    Ok(whole.text)
}

impl<'e> Parser<'e> {
    fn part(&mut self, next: char, repeated_at: Option<Cursor<'e>>) -> Result<(), Unreadable> {
        let start = self.cursor;
        match next {
            '\\' => return self.escape(),
            '[' => {
                let class = class::bracketed(&mut self.cursor, self.flags.folds)?;
                self.push(&class.text());
                return Ok(());
            }
            '{' => {
                if let Some(counter) = counter(&mut self.cursor) {
                    return self.counted(counter, start, repeated_at);
                }
                self.cursor.next();
                self.literal('{');
                return Ok(());
            }
            '(' if self.cursor.rest().starts_with("(?") => return self.perl(),
            _ => {}
        }
        self.cursor.next();
        match next {
            '(' => self.open(true),
            '|' => {
                let branch = sequence(std::mem::take(&mut self.group.pieces));
                self.group.branches.push(branch);
            }
            ')' => return self.close(),
            '^' => self.push(if self.flags.lines { "(?m:^)" } else { r"\A" }),
            '$' => self.push(if self.flags.lines { "(?m:$)" } else { r"\z" }),
            '.' => self.push(if self.flags.dot_takes_all {
                "(?s:.)"
            } else {
                r"[^\n]"
            }),
            '*' | '+' | '?' => {
                let operator = next.to_string();
                self.repeat(&operator, None, start, repeated_at)?;
            }
            other => self.literal(other),
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        self.group.pieces.push(Piece::new(text, Shape::Other));
    }

    fn literal(&mut self, letter: char) {
        let text = class::literal(letter.into(), self.flags.folds);
        self.group.pieces.push(Piece::new(&text, Shape::Letters));
    }

    fn open(&mut self, captures: bool) {
        let inner = Group {
            captures,
            flags: self.flags,
            ..Group::default()
        };
        let outer = std::mem::replace(&mut self.group, inner);
        self.outer.push(outer);
    }

    fn close(&mut self) -> Result<(), Unreadable> {
        let Some(outer) = self.outer.pop() else {
            return Err(self.refuse(Why::Parenthesis));
        };
        let group = std::mem::replace(&mut self.group, outer);
        self.flags = group.flags;
        let captures = group.captures;
        let mut piece = group.close();
        if captures {
            piece.height += 1;
            piece.shape = Shape::Other;
        }
        piece.text = format!("(?:{})", piece.text);
        self.check_height(&piece)?;
        self.group.pieces.push(piece);
        Ok(())
    }

    fn check_height(&self, piece: &Piece) -> Result<(), Unreadable> {
        if piece.height > DEEPEST {
            return Err(self.refuse(Why::TooDeep));
        }
        Ok(())
    }

    /// Of the whole expression.
    fn refuse(&self, why: Why) -> Unreadable {
        Unreadable::new(why, self.cursor.whole())
    }

    /// `(?i)`, `(?i:`, `(?P<name>`, `(?<name>`.
    fn perl(&mut self) -> Result<(), Unreadable> {
        let start = self.cursor;
        let rest = self.cursor.rest();
        let is_named = |prefix: &str| rest.starts_with(prefix) && rest.len() > prefix.len();
        if let Some(prefix) = ["(?P<", "(?<"].into_iter().find(|it| is_named(it)) {
            let Some(end) = rest.find('>') else {
                return Err(Unreadable::new(Why::Name, rest));
            };
            let name = &rest[prefix.len()..end];
            let head = self.cursor.skip(end + 1);
            let is_word = |letter: char| letter == '_' || letter.is_ascii_alphanumeric();
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(Unreadable::new(Why::Name, head));
            }
            self.open(true);
            return Ok(());
        }
        self.cursor.take("(?");
        let mut flags = self.flags;
        let (mut sets, mut is_said) = (true, false);
        while let Some(letter) = self.cursor.next() {
            let flag = match letter {
                'i' => &mut flags.folds,
                'm' => &mut flags.lines,
                's' => &mut flags.dot_takes_all,
                'U' => &mut flags.lazy,
                '-' if sets => {
                    (sets, is_said) = (false, false);
                    continue;
                }
                ':' | ')' if sets || is_said => {
                    if letter == ':' {
                        self.open(false);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            };
            (*flag, is_said) = (sets, true);
        }
        Err(Unreadable::new(Why::Perl, self.cursor.since(start)))
    }

    fn escape(&mut self) -> Result<(), Unreadable> {
        let start = self.cursor;
        let mut after = self.cursor;
        after.next();
        let known = match after.next() {
            Some('A') => r"\A",
            Some('b') => r"(?-u:\b)",
            Some('B') => r"(?-u:\B)",
            Some('z') => r"\z",
            Some('C') => return Err(Unreadable::new(Why::Escape, after.since(start))),
            Some('Q') => {
                self.cursor = after;
                self.quoted();
                return Ok(());
            }
            _ => {
                return self.escaped();
            }
        };
        self.cursor = after;
        self.push(known);
        Ok(())
    }

    /// `\Q…\E`
    fn quoted(&mut self) {
        let rest = self.cursor.rest();
        let length = rest.find(r"\E").unwrap_or(rest.len());
        for letter in self.cursor.skip(length).chars() {
            self.literal(letter);
        }
        self.cursor.take(r"\E");
    }

    /// A class, or a letter.
    fn escaped(&mut self) -> Result<(), Unreadable> {
        let mut class = Class::new(self.flags.folds);
        if class.take_named(&mut self.cursor)? {
            self.push(&class.text());
        } else {
            let letter = class::escaped(&mut self.cursor)?;
            self.push(&class::literal(letter, self.flags.folds));
        }
        Ok(())
    }

    fn counted(
        &mut self,
        counter: Counter,
        start: Cursor<'e>,
        repeated_at: Option<Cursor<'e>>,
    ) -> Result<(), Unreadable> {
        let Counter { least, most } = counter;
        let upper = most.unwrap_or(least);
        if least.max(upper) > MOST_COPIES || least > upper {
            let part = self.cursor.since(start);
            return Err(Unreadable::new(Why::RepeatCount, part));
        }
        let most = most.map(|most| most.to_string()).unwrap_or_default();
        let operator = format!("{{{least},{most}}}");
        self.repeat(&operator, Some(upper), start, repeated_at)
    }

    /// Repeats what was read last: so often, where that is counted.
    fn repeat(
        &mut self,
        operator: &str,
        count: Option<u64>,
        start: Cursor<'e>,
        repeated_at: Option<Cursor<'e>>,
    ) -> Result<(), Unreadable> {
        let lazy = self.cursor.take("?") != self.flags.lazy;
        if let Some(repeated_at) = repeated_at {
            let part = self.cursor.since(repeated_at);
            return Err(Unreadable::new(Why::RepeatedRepeat, part));
        }
        let part = self.cursor.since(start);
        let Some(repeated) = self.group.pieces.pop() else {
            return Err(Unreadable::new(Why::NothingRepeated, part));
        };
        let copies = count.map_or(repeated.copies, |count| count.max(1) * repeated.copies);
        if count.is_some_and(|count| count >= 2) && copies > MOST_COPIES {
            return Err(Unreadable::new(Why::RepeatCount, part));
        }
        let lazily = if lazy { "?" } else { "" };
        let piece = Piece {
            text: format!("(?:{}){operator}{lazily}", repeated.text),
            height: repeated.height + 1,
            copies: if operator == "{0,0}" { 1 } else { copies },
            shape: Shape::Other,
        };
        self.check_height(&piece)?;
        self.group.pieces.push(piece);
        self.repeated_at = Some(start);
        Ok(())
    }
}

impl Piece {
    fn new(text: &str, shape: Shape) -> Self {
        Self {
            text: text.into(),
            height: 1,
            copies: 1,
            shape,
        }
    }
}

impl Group {
    fn close(mut self) -> Piece {
        let last = sequence(self.pieces);
        if self.branches.is_empty() {
            return last;
        }
        self.branches.push(last);
        joined(self.branches, Shape::Choice, "|")
    }
}

fn sequence(mut pieces: Vec<Piece>) -> Piece {
    if pieces.len() == 1
        && let Some(only) = pieces.pop()
    {
        return only;
    }
    if pieces.iter().all(|piece| piece.shape == Shape::Letters) {
        let letters: String = pieces.into_iter().map(|piece| piece.text).collect();
        return Piece::new(&letters, Shape::Letters);
    }
    joined(pieces, Shape::Sequence, "")
}

/// Go puts what is joined in the same way into one.
fn joined(pieces: Vec<Piece>, shape: Shape, by: &str) -> Piece {
    let depth = |piece: &Piece| piece.height - usize::from(piece.shape == shape);
    let height = pieces.iter().map(depth).max().unwrap_or_default();
    let copies = pieces.iter().map(|piece| piece.copies).max();
    let texts: Vec<_> = pieces.into_iter().map(|piece| piece.text).collect();
    Piece {
        text: texts.join(by),
        height: height + 1,
        copies: copies.unwrap_or(1),
        shape,
    }
}

/// `{2}`, `{2,}`, `{2,3}`
#[derive(Clone, Copy, Debug)]
struct Counter {
    least: u64,
    /// None: without end.
    most: Option<u64>,
}

/// Reads a counter; what looks otherwise is no counter, and stays.
fn counter(cursor: &mut Cursor<'_>) -> Option<Counter> {
    let mut ahead = *cursor;
    ahead.take("{");
    let least = number(&mut ahead)?;
    let most = if !ahead.take(",") {
        Some(least)
    } else if ahead.rest().starts_with('}') {
        None
    } else {
        Some(number(&mut ahead)?)
    };
    ahead.take("}").then(|| {
        *cursor = ahead;
        Counter { least, most }
    })
}

/// A number; the largest there is where it is larger.
fn number(cursor: &mut Cursor<'_>) -> Option<u64> {
    let rest = cursor.rest();
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    if length == 0 || length > 1 && rest.starts_with('0') {
        return None;
    }
    Some(cursor.skip(length).parse().unwrap_or(u64::MAX))
}
