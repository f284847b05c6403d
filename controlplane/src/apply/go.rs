//! Values as Go writes them, for messages and for the keys of FieldsV1.

use std::fmt::Write;

use serde_json::{Number, Value};

/// Go's `%v` of a decoded value: `map[a:1 b:[x y]]`.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => self::number(number),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(plain).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("{key}:{}", plain(value)));
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
    }
}

/// Go's `%#v` of a decoded value: `map[string]interface {}{"a":1}`.
pub(super) fn syntax(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".into(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => self::number(number),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("{}:{}", quoted(key), syntax(value)));
            let fields = fields.collect::<Vec<_>>().join(", ");
            format!("map[string]interface {{}}{{{fields}}}")
        }
    }
}

/// Go's `%T` of a decoded value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// Go's `%q`, as far as printable texts go.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() && u32::from(letter) < 0x80 => {
                write!(quoted, "\\x{:02x}", u32::from(letter)).expect("a String takes all");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Go's `%v` of a number: a float takes an exponent from a million on.
pub(super) fn number(number: &Number) -> String {
    if !number.is_f64() {
        return number.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    let (digits, exponent) = scientific(value);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn scientific(value: f64) -> (String, i32) {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').expect("an exponent was asked for");
    (
        digits.to_owned(),
        exponent.parse().expect("an exponent is a number"),
    )
}

/// A number as Go's JSON writes it.
fn json_number(number: &Number) -> String {
    if !number.is_f64() {
        return number.to_string();
    }
    let value = number.as_f64().unwrap_or_default();
    if value == 0.0 || (1e-6..1e21).contains(&value.abs()) {
        return value.to_string();
    }
    let (digits, exponent) = scientific(value);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{}", exponent.abs())
}

/// Writes JSON as Go does, with `<`, `>` and `&` escaped in texts.
pub(super) fn json(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) => out.push_str(&json_number(number)),
        Value::String(text) => json_text(text, true, out),
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                json(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (place, (key, value)) in fields.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                json_text(key, true, out);
                out.push(':');
                json(value, out);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
    }
}

/// A text in JSON as Go writes it; `html` escapes what HTML would take for its own.
pub(super) fn json_text(text: &str, html: bool, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if html => escape(letter, out),
            letter if letter < ' ' => escape(letter, out),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

fn escape(letter: char, out: &mut String) {
    write!(out, "\\u{:04x}", u32::from(letter)).expect("a String takes all");
}
