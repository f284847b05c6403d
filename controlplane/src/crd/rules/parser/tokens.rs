//! The tokens of an expression.
//!
//! Source: cel-go `parser/gen/CEL.g4`, its lexer rules. The longest token wins.

/// A token of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) sort: Sort,
    pub(super) text: &'t str,
    /// The byte at which it begins.
    pub(super) at: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An operator, `in` among them, a bracket or another sign.
    Sign,
    /// `true`, `false` or `null`.
    Constant,
    Name,
    /// A name in backticks.
    Escaped,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    End,
}

/// Something here begins no token.
#[derive(Debug)]
pub(super) struct NoToken;

/// All tokens of a text, the last of which is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, NoToken> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = without_space(rest);
        let at = text.len() - rest.len();
        if rest.is_empty() {
            let (sort, text) = (Sort::End, "");
            tokens.push(Token { sort, text, at });
            return Ok(tokens);
        }
        let (sort, length) = token(rest).ok_or(NoToken)?;
        let (text, after) = rest.split_at(length);
        tokens.push(Token { sort, text, at });
        rest = after;
    }
}

/// What comes after spaces and comments.
fn without_space(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches(['\t', ' ', '\r', '\n', '\x0c']);
        if !text.starts_with("//") {
            return text;
        }
        text = &text[text.find('\n').unwrap_or(text.len())..];
    }
}

/// The token that a text begins with, and its bytes.
fn token(text: &str) -> Option<(Sort, usize)> {
    number(text)
        .or_else(|| literal(text))
        .or_else(|| name(text))
        .or_else(|| sign(text))
}

fn sign(text: &str) -> Option<(Sort, usize)> {
    const DOUBLE: [&str; 6] = ["==", "!=", "<=", ">=", "&&", "||"];
    if DOUBLE.iter().any(|one| text.starts_with(one)) {
        return Some((Sort::Sign, 2));
    }
    text.starts_with(|letter| "<>[]{}().,-!?:+*/%".contains(letter))
        .then_some((Sort::Sign, 1))
}

fn name(text: &str) -> Option<(Sort, usize)> {
    if let Some(inner) = text.strip_prefix('`') {
        let is_in_it = |letter: char| letter.is_ascii_alphanumeric() || "_.-/ ".contains(letter);
        let length = inner.len() - inner.trim_start_matches(is_in_it).len();
        let is_closed = length > 0 && inner[length..].starts_with('`');
        return is_closed.then_some((Sort::Escaped, length + 2));
    }
    if !text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_') {
        return None;
    }
    let length = count(text, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let sort = match &text[..length] {
        "in" => Sort::Sign,
        "true" | "false" | "null" => Sort::Constant,
        _ => Sort::Name,
    };
    Some((sort, length))
}

/// The bytes of the number that a text begins with.
pub(crate) fn end_of_number(text: &str) -> usize {
    number(text).map_or(0, |(_, end)| end)
}

fn number(text: &str) -> Option<(Sort, usize)> {
    if let Some(hex) = text.strip_prefix("0x") {
        let digits = count(hex, |byte| byte.is_ascii_hexdigit());
        if digits > 0 {
            return Some(whole(text, 2 + digits));
        }
    }
    let digits = count(text, |byte| byte.is_ascii_digit());
    let fraction = text[digits..].strip_prefix('.');
    let fraction = fraction.map_or(0, |rest| count(rest, |byte| byte.is_ascii_digit()));
    let mut end = digits;
    if fraction > 0 {
        end += 1 + fraction;
    }
    if end == 0 {
        return None;
    }
    let exponent = exponent(&text[end..]);
    if fraction > 0 || exponent > 0 {
        return Some((Sort::Double, end + exponent));
    }
    Some(whole(text, digits))
}

/// A number without a fraction, whose digits end here.
fn whole(text: &str, end: usize) -> (Sort, usize) {
    if text[end..].starts_with(['u', 'U']) {
        (Sort::Uint, end + 1)
    } else {
        (Sort::Int, end)
    }
}

fn exponent(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let sign = usize::from(rest.starts_with(['+', '-']));
    match count(&rest[sign..], |byte| byte.is_ascii_digit()) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

/// A literal text, or bytes.
fn literal(text: &str) -> Option<(Sort, usize)> {
    let (sort, start) = if text.starts_with(['b', 'B']) {
        (Sort::Bytes, 1)
    } else {
        (Sort::Text, 0)
    };
    let start = start + usize::from(text[start..].starts_with(['r', 'R']));
    let is_raw = text[..start].ends_with(['r', 'R']);
    let quoted = &text[start..];
    let quote = quoted.chars().next().filter(|one| "'\"".contains(*one))?;
    let triple = quote.to_string().repeat(3);
    let thrice = quoted.strip_prefix(&triple);
    let length = thrice.and_then(|rest| end_of(rest, &triple, is_raw, true).map(|end| end + 3));
    let length = length.or_else(|| {
        let single = &triple[..1];
        end_of(&quoted[1..], single, is_raw, false).map(|end| end + 1)
    })?;
    Some((sort, start + length))
}

/// The bytes up to behind the quote that ends a literal, if it ends.
fn end_of(text: &str, quote: &str, is_raw: bool, has_lines: bool) -> Option<usize> {
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(quote) {
            return Some(text.len() - after.len());
        }
        let letter = rest.chars().next()?;
        let length = match letter {
            '\\' if !is_raw => escape(rest)?,
            '\n' | '\r' if !has_lines => return None,
            _ => letter.len_utf8(),
        };
        rest = &rest[length..];
    }
}

/// The bytes of an escape sequence.
fn escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let are = |wanted: usize, is: fn(&u8) -> bool| {
        let digits = bytes.get(2..2 + wanted)?;
        digits.iter().all(is).then_some(2 + wanted)
    };
    match bytes.get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => {
            Some(2)
        }
        b'x' | b'X' => are(2, u8::is_ascii_hexdigit),
        b'u' => are(4, u8::is_ascii_hexdigit),
        b'U' => are(8, u8::is_ascii_hexdigit),
        b'0'..=b'3' => are(2, |digit| (b'0'..=b'7').contains(digit)),
        _ => None,
    }
}

fn count(text: &str, is: fn(u8) -> bool) -> usize {
    let end = text.bytes().position(|byte| !is(byte));
    end.unwrap_or(text.len())
}
