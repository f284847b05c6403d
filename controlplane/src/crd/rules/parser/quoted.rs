//! What a literal text says.
//!
//! Source: cel-go `parser/unescape.go`.

/// The text of a literal in its quotes; or why there is none.
pub(super) fn text(literal: &str) -> Result<String, &'static str> {
    let mut text = String::with_capacity(literal.len());
    for piece in pieces(literal) {
        match piece {
            Piece::Letter(letter) => text.push(letter),
            Piece::Code { value, .. } => {
                text.push(char::from_u32(value).ok_or("invalid unicode code point")?);
            }
        }
    }
    Ok(text)
}

/// The bytes of a literal, without its `b`; or why there are none.
pub(super) fn bytes(literal: &str) -> Result<Vec<u8>, &'static str> {
    let mut bytes = Vec::with_capacity(literal.len());
    for piece in pieces(literal) {
        match piece {
            Piece::Letter(letter) => {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
            }
            Piece::Code { value, is_byte } => {
                let byte = u8::try_from(value).ok().filter(|_| is_byte);
                bytes.push(byte.ok_or("unable to unescape string")?);
            }
        }
    }
    Ok(bytes)
}

enum Piece {
    Letter(char),
    /// By its number: that of a letter, or of a byte where it has so few digits.
    Code {
        value: u32,
        is_byte: bool,
    },
}

/// The pieces of a literal that the lexer has found.
fn pieces(literal: &str) -> impl Iterator<Item = Piece> {
    let quoted = literal.trim_start_matches(['r', 'R']);
    let is_raw = quoted.len() < literal.len();
    let is_triple =
        quoted.len() >= 6 && (quoted.starts_with("'''") || quoted.starts_with("\"\"\""));
    let ends = if is_triple { 3 } else { 1 };
    let mut letters = quoted[ends..quoted.len() - ends].chars().peekable();
    std::iter::from_fn(move || {
        let letter = letters.next()?;
        Some(match letter {
            '\r' => {
                letters.next_if_eq(&'\n');
                Piece::Letter('\n')
            }
            '\\' if !is_raw => escaped(&mut letters),
            letter => Piece::Letter(letter),
        })
    })
}

/// What an escape sequence says, behind its backslash.
fn escaped(letters: &mut impl Iterator<Item = char>) -> Piece {
    let kind = letters.next().unwrap_or('\\');
    let mut code = |digits: usize, radix: u32, first: u32| {
        let digits = letters.by_ref().take(digits);
        let digits = digits.filter_map(|digit| digit.to_digit(radix));
        digits.fold(first, |value, digit| value * radix + digit)
    };
    match kind {
        'a' => Piece::Letter('\x07'),
        'b' => Piece::Letter('\x08'),
        'f' => Piece::Letter('\x0c'),
        'n' => Piece::Letter('\n'),
        'r' => Piece::Letter('\r'),
        't' => Piece::Letter('\t'),
        'v' => Piece::Letter('\x0b'),
        'x' | 'X' => Piece::Code {
            value: code(2, 16, 0),
            is_byte: true,
        },
        'u' => Piece::Code {
            value: code(4, 16, 0),
            is_byte: false,
        },
        'U' => Piece::Code {
            value: code(8, 16, 0),
            is_byte: false,
        },
        '0'..='3' => Piece::Code {
            value: code(2, 8, kind.to_digit(8).unwrap_or_default()),
            is_byte: true,
        },
        kind => Piece::Letter(kind),
    }
}
