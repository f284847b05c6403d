//! How deeply an expression is nested: what cel-go refuses before, or while, it makes a tree of it.
//!
//! Its grammar is `CEL.g4` of cel-go. What does not fit into it is passed over here: [`syntax`](super::syntax) tells of that.

use super::parser::{DEEPEST, TooDeep, end_of_number};

/// An expression as the parser of [`syntax`](super::syntax) is to read it, or why cel-go would not parse it.
///
/// That one takes `!!a` for `!a`, and reads what is in it twice: so there are spaces where one takes back another.
pub(super) fn checked(text: &str) -> Result<String, TooDeep> {
    let mut reader = Reader {
        tokens: Tokens { rest: text }.collect(),
        at: 0,
        within: 0,
        taken_back: Vec::new(),
    };
    if reader.all()? > DEEPEST {
        return Err(TooDeep::Operators);
    }
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    for sign in reader.taken_back {
        let (before, after) = rest.split_at(sign.as_ptr().addr() - rest.as_ptr().addr());
        read.push_str(before);
        read.push(' ');
        rest = &after[sign.len()..];
    }
    Ok(read + rest)
}

/// How many operators, fields and methods are applied one after the other, at most.
type Depth = Result<usize, TooDeep>;

struct Reader<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    /// How many expressions are around.
    within: usize,
    /// Signs that others of their kind take back, in their order.
    taken_back: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn takes(&mut self, wanted: &[&str]) -> bool {
        let is_there = wanted.contains(&self.peek());
        self.at += usize::from(is_there);
        is_there
    }

    fn all(&mut self) -> Depth {
        let mut deepest = 0;
        while self.at < self.tokens.len() {
            let before = self.at;
            deepest = deepest.max(self.expression()?);
            // A token that begins nothing.
            self.at += usize::from(self.at == before);
        }
        Ok(deepest)
    }

    fn expression(&mut self) -> Depth {
        self.within += 1;
        if self.within > DEEPEST {
            return Err(TooDeep::Expressions);
        }
        let mut depth = self.alternatives()?;
        if self.takes(&["?"]) {
            let one = self.alternatives()?;
            self.takes(&[":"]);
            depth = depth.max(one).max(self.expression()?) + 1;
        }
        self.within -= 1;
        Ok(depth)
    }

    /// Chains of `||` and `&&` become trees that are balanced.
    fn alternatives(&mut self) -> Depth {
        let mut depth = self.relation()?;
        while self.takes(&["||", "&&"]) {
            depth = depth.max(self.relation()?);
        }
        Ok(depth)
    }

    fn relation(&mut self) -> Depth {
        const RELATIONS: [&str; 7] = ["<", "<=", ">=", ">", "==", "!=", "in"];
        self.chain(&RELATIONS, |reader| {
            reader.chain(&["+", "-"], |reader| {
                reader.chain(&["*", "/", "%"], Self::unary)
            })
        })
    }

    fn chain(&mut self, operators: &[&str], operand: impl Fn(&mut Self) -> Depth) -> Depth {
        let mut depth = operand(self)?;
        while self.takes(operators) {
            depth = depth.max(operand(self)?) + 1;
        }
        Ok(depth)
    }

    fn unary(&mut self) -> Depth {
        self.signs();
        let mut depth = self.primary()?;
        loop {
            if self.takes(&["."]) {
                self.takes(&["?"]);
                self.name();
                depth = depth.max(self.in_brackets()?) + 1;
            } else if self.takes(&["["]) {
                depth = depth.max(self.bracketed()?) + 1;
            } else {
                return Ok(depth);
            }
        }
    }

    /// Of those that are even in number, none is left; of others the first.
    fn signs(&mut self) {
        let first = self.at;
        let sign = self.peek();
        while ["!", "-"].contains(&sign) && self.takes(&[sign]) {}
        let signs = &self.tokens[first..self.at];
        self.taken_back.extend(&signs[signs.len() % 2..]);
    }

    fn primary(&mut self) -> Depth {
        self.takes(&["."]);
        if self.takes(&["(", "[", "{"]) {
            return self.bracketed();
        }
        if !self.name() {
            return Ok(0);
        }
        self.in_brackets()
    }

    /// The arguments of a call, or the fields of a message.
    fn in_brackets(&mut self) -> Depth {
        if self.takes(&["(", "{"]) {
            return self.bracketed();
        }
        Ok(0)
    }

    /// What is up to the next closing bracket.
    fn bracketed(&mut self) -> Depth {
        let mut deepest = 0;
        while self.at < self.tokens.len() && !self.takes(&[")", "]", "}"]) {
            let before = self.at;
            self.takes(&["?"]);
            deepest = deepest.max(self.expression()?);
            self.takes(&[",", ":"]);
            self.at += usize::from(self.at == before);
        }
        Ok(deepest)
    }

    /// A name or a literal.
    fn name(&mut self) -> bool {
        let token = self.peek();
        let is_name =
            token != "in" && token.starts_with(|first| is_of_name(first) || "\"'`".contains(first));
        self.at += usize::from(is_name);
        is_name
    }
}

/// The tokens of an expression, without spaces and comments. Of a literal text it is the quote alone.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start();
        while self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.rest = self.rest[end..].trim_start();
        }
        if let Some((quote, rest)) = literal(self.rest) {
            self.rest = rest;
            return Some(quote);
        }
        let first = self.rest.chars().next()?;
        let length = if first.is_ascii_digit() {
            end_of_number(self.rest)
        } else if is_of_name(first) {
            end_of_name(self.rest)
        } else {
            const DOUBLE: [&str; 6] = ["||", "&&", "<=", ">=", "==", "!="];
            let is_double = DOUBLE.iter().any(|one| self.rest.starts_with(one));
            if is_double { 2 } else { first.len_utf8() }
        };
        let (token, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(token)
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn end_of_name(text: &str) -> usize {
    let end = text.find(|letter| !is_of_name(letter));
    end.unwrap_or(text.len())
}

/// The quote of a literal text that is here, and what comes after it: `'a'`, `r"\d"`, `b'''…'''`; and a name in
/// backticks.
fn literal(text: &str) -> Option<(&str, &str)> {
    let start = text.find(|letter| !"rRbB".contains(letter))?;
    if start > 2 || !text[start..].starts_with(['"', '\'', '`']) {
        return None;
    }
    let is_raw = text[..start].contains(['r', 'R']);
    let single = &text[start..=start];
    let triple = single.repeat(3);
    let quote = if text[start..].starts_with(&triple) {
        triple.as_str()
    } else {
        single
    };
    let mut rest = &text[start + quote.len()..];
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(quote) {
            return Some((single, after));
        }
        let mut letters = rest.chars();
        if letters.next() == Some('\\') && !is_raw {
            letters.next();
        }
        rest = letters.as_str();
    }
    Some((single, rest))
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn signs_that_take_each_other_back_are_not_read() {
        assert_eq!(checked("!!a && ! ! !b").as_deref(), Ok("  a && !    b"));
        assert_eq!(checked("a - --1 == '--'").as_deref(), Ok("a -   1 == '--'"));
        assert_eq!(checked("a != !(!!b)").as_deref(), Ok("a != !(  b)"));
    }

    #[test]
    fn what_is_no_expression_is_read_to_its_end() {
        for wrong in [
            "+ + ) (", ") ? ?", ". . [", "a b c (", "'", "`(", "{,", "(}",
        ] {
            assert!(checked(wrong).is_ok());
            let _ = checked(&wrong.repeat(90_000 / wrong.len()));
        }
    }
}
