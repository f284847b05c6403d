//! JSON as Go's `encoding/json` reads it: in order, with duplicates, and with its words for what is malformed.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use crate::{deep::DEEPEST, go};

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(String),
    String(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole document.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, String> {
        let mut reader = Reader {
            bytes,
            at: 0,
            depth: 0,
        };
        let value = reader.value()?;
        match reader.next_token() {
            None => Ok(value),
            Some(byte) => Err(unexpected(byte, "after top-level value")),
        }
    }

    /// The fields that are there twice in one object, with their paths.
    pub(super) fn duplicates(&self, path: &str, found: &mut Vec<String>) {
        match self {
            Self::Object(entries) => {
                let mut times = HashMap::with_capacity(entries.len());
                for (key, value) in entries {
                    let path = if path.is_empty() {
                        key.clone()
                    } else {
                        format!("{path}.{key}")
                    };
                    let time = times.entry(key).or_insert(0);
                    *time += 1;
                    if *time == 2 {
                        found.push(format!("duplicate field {}", quoted(&path)));
                    }
                    value.duplicates(&path, found);
                }
            }
            Self::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    item.duplicates(&format!("{path}[{at}]"), found);
                }
            }
            _ => {}
        }
    }

    /// Puts the fields of an object in the order of their names.
    pub(super) fn sort(&mut self) {
        if let Self::Object(entries) = self {
            entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }

    /// As Go writes it: letters that mean something in HTML are escaped.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
            Self::Number(text) => out.push_str(text),
            Self::String(text) => go::json_text(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    go::json_text(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// How many objects and lists there are in one another, at most.
    pub(super) fn depth(&self) -> usize {
        let mut deepest = 0;
        let mut rest = vec![(self, 0)];
        while let Some((value, around)) = rest.pop() {
            let depth = around + 1;
            match value {
                Self::List(items) => rest.extend(items.iter().map(|item| (item, depth))),
                Self::Object(entries) => {
                    rest.extend(entries.iter().map(|(_, field)| (field, depth)));
                }
                _ => continue,
            }
            deepest = deepest.max(depth);
        }
        deepest
    }

    /// `string`, `array`: what Go calls it where another type is wanted.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "object",
        }
    }
}

/// Of what is there twice the last counts.
impl From<&Json> for Value {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(truth) => (*truth).into(),
            Json::Number(text) => number(text),
            Json::String(text) => text.as_str().into(),
            Json::List(items) => items.iter().map(Self::from).collect(),
            Json::Object(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.into()));
                Self::Object(entries.collect::<Map<_, _>>())
            }
        }
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Object(entries) => Self::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.into()))
                    .collect(),
            ),
        }
    }
}

/// An integer where it is one, as apimachinery reads numbers whose type is unknown.
fn number(text: &str) -> Value {
    let integer = text.parse::<i64>().ok().map(Number::from);
    let number = integer.or_else(|| text.parse().ok().and_then(Number::from_f64));
    number.map_or(Value::Null, Value::Number)
}

const END: &str = "unexpected end of JSON input";

fn unexpected(byte: u8, place: &str) -> String {
    let shown = match byte {
        b'\'' => "'\\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        _ => {
            let quoted = quoted(&char::from(byte).to_string());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    };
    format!("invalid character {shown} {place}")
}

/// As Go's `strconv.Quote`.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{b}' => quoted.push_str("\\v"),
            '\u{c}' => quoted.push_str("\\f"),
            '\u{0}'..'\u{20}' | '\u{7f}' => {
                quoted.push_str(&escaped("x", letter, 2));
            }
            '\u{80}'..'\u{a1}' | '\u{ad}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                quoted.push_str(&escaped("u", letter, 4));
            }
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

fn escaped(kind: &str, letter: char, places: usize) -> String {
    format!("\\{kind}{:0places$x}", u32::from(letter))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next_token(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    fn take(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or(END)?;
        self.at += 1;
        Ok(byte)
    }

    fn value(&mut self) -> Result<Json, String> {
        match self.next_token().ok_or(END)? {
            b'{' => self.deeper(Self::object),
            b'[' => self.deeper(Self::list),
            b'"' => self.string().map(Json::String),
            b't' => self.literal("true", Json::Bool(true)),
            b'f' => self.literal("false", Json::Bool(false)),
            b'n' => self.literal("null", Json::Null),
            b'-' | b'0'..=b'9' => self.number(),
            byte => Err(unexpected(byte, "looking for beginning of value")),
        }
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Result<Json, String>) -> Result<Json, String> {
        let opening = self.take()?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(unexpected(opening, "exceeded max depth"));
        }
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut entries = Vec::new();
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(Json::Object(entries));
        }
        loop {
            match self.next_token().ok_or(END)? {
                b'"' => {}
                byte => {
                    return Err(unexpected(
                        byte,
                        "looking for beginning of object key string",
                    ));
                }
            }
            let key = self.string()?;
            match self.next_token().ok_or(END)? {
                b':' => self.at += 1,
                byte => return Err(unexpected(byte, "after object key")),
            }
            entries.push((key, self.value()?));
            match self.next_token().ok_or(END)? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Ok(Json::Object(entries));
                }
                byte => return Err(unexpected(byte, "after object key:value pair")),
            }
        }
    }

    fn list(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            match self.next_token().ok_or(END)? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(Json::List(items));
                }
                byte => return Err(unexpected(byte, "after array element")),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Json) -> Result<Json, String> {
        for expected in word.bytes() {
            let byte = self.take()?;
            if byte != expected {
                let place = format!("in literal {word} (expecting '{}')", char::from(expected));
                return Err(unexpected(byte, &place));
            }
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.take()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            byte => return Err(unexpected(byte, "in numeric literal")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.first_digit("after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.first_digit("in exponent of numeric literal")?;
        }
        let text = &self.bytes[start..self.at];
        Ok(Json::Number(String::from_utf8_lossy(text).into_owned()))
    }

    fn first_digit(&mut self, place: &str) -> Result<(), String> {
        let byte = self.take()?;
        if !byte.is_ascii_digit() {
            return Err(unexpected(byte, place));
        }
        self.digits();
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let start = self.at;
            while self
                .peek()
                .is_some_and(|it| it >= b' ' && it != b'"' && it != b'\\')
            {
                self.at += 1;
            }
            text.push_str(&String::from_utf8_lossy(&self.bytes[start..self.at]));
            match self.take()? {
                b'"' => return Ok(text),
                b'\\' => text.push(self.escape()?),
                byte => return Err(unexpected(byte, "in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        Ok(match self.take()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'u' => return self.unicode(),
            byte => return Err(unexpected(byte, "in string escape code")),
        })
    }

    /// Halves of a pair that stand alone become U+FFFD.
    fn unicode(&mut self) -> Result<char, String> {
        let high = self.hexadecimal()?;
        if let Some(letter) = char::from_u32(high) {
            return Ok(letter);
        }
        if self.bytes[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hexadecimal()?;
            if high < 0xDC00 && (0xDC00..0xE000).contains(&low) {
                let both = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hexadecimal(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.take()?;
            let digit = char::from(byte).to_digit(16);
            code = code * 16
                + digit.ok_or_else(|| unexpected(byte, "in \\u hexadecimal character escape"))?;
        }
        Ok(code)
    }
}
