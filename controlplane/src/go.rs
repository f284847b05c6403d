//! How Go prints values: Kubernetes' messages quote what they refuse.

mod duration;

use std::fmt::Write as _;

use serde_json::{Number, Value};

pub(crate) use duration::duration;

/// `%q` of a text.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            control if (control as u32) < 0x20 || control == '\u{7f}' => {
                push(&mut out, format_args!("\\x{:02x}", control as u32));
            }
            hidden if hidden.is_control() || (hidden.is_whitespace() && hidden != ' ') => {
                push(&mut out, format_args!("\\u{:04x}", hidden as u32));
            }
            shown => out.push(shown),
        }
    }
    out.push('"');
    out
}

/// `%v` of a number.
pub(crate) fn number(number: &Number) -> String {
    match number.as_i64() {
        Some(integer) => integer.to_string(),
        None => float(number.as_f64().unwrap_or(f64::NAN)),
    }
}

/// `%v` of a float: the shortest digits, with an exponent below 1e-4 and from 1e6 on.
pub(crate) fn float(number: f64) -> String {
    scientific(number, |exponent| !(-4..6).contains(&exponent))
}

fn scientific(number: f64, with_exponent: impl Fn(i32) -> bool) -> String {
    if number == 0.0 {
        return "0".into();
    }
    let text = format!("{number:e}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !with_exponent(exponent) {
        return format!("{number}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// `%v` of a value that was read from JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".into(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(given) => number(given),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(plain).collect();
            format!("[{}]", items.join(" "))
        }
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, field)| format!("{key}:{}", plain(field)));
            format!("map[{}]", fields.collect::<Vec<_>>().join(" "))
        }
    }
}

/// `%T` of a value that was read from JSON.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// As `json.Marshal` writes it: letters that mean something in HTML are escaped.
pub(crate) fn json(value: &Value) -> String {
    let mut out = String::new();
    write_json(value, &mut out);
    out
}

fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::String(text) => json_text(text, out),
        Value::Number(number) => out.push_str(&json_number(number)),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push('{');
            for (index, (key, field)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                json_text(key, out);
                out.push(':');
                write_json(field, out);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) => push(out, format_args!("{value}")),
    }
}

/// A text in JSON, as `json.Marshal` writes it.
pub(crate) fn json_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                push(out, format_args!("\\u{:04x}", letter as u32));
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

/// JSON's exponents: below 1e-6 and from 1e21 on, without a leading zero.
fn json_number(number: &Number) -> String {
    if let Some(integer) = number.as_i64() {
        return integer.to_string();
    }
    let text = scientific(number.as_f64().unwrap_or(f64::NAN), |exponent| {
        !(-6..21).contains(&exponent)
    });
    text.replace("e-0", "e-")
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments)
        .expect("writing to a text cannot fail");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn prints_as_go_does() {
        assert_eq!(quoted("a\"b\\c\nd\té\u{1}"), "\"a\\\"b\\\\c\\nd\\té\\x01\"");
        assert_eq!(float(1e-9), "1e-09");
        assert_eq!(float(-123_456_789.125), "-1.23456789125e+08");
        assert_eq!(float(0.25), "0.25");
        assert_eq!(
            json(&json!({"a": ["<&>", 1, 2.5, null]})),
            "{\"a\":[\"\\u003c\\u0026\\u003e\",1,2.5,null]}"
        );
    }
}
