//! JSON as a person reads it: what fits on a line is on one line.

use std::fmt::Write as _;

use serde_json::Value;

const WIDTH: usize = 120;

/// The value over as few lines as hold it, its keys in order.
pub(crate) fn print(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize, used: usize) {
    let short = on_one_line(value);
    if used + short.chars().count() <= WIDTH {
        text.push_str(&short);
        return;
    }
    let (open, close, items) = match value {
        Value::Object(fields) => ('{', '}', sorted(fields)),
        Value::Array(items) => ('[', ']', items.iter().map(|item| (None, item)).collect()),
        _ => return text.push_str(&short),
    };
    text.push(open);
    let inner = (depth + 1) * 2;
    for (index, (key, item)) in items.iter().enumerate() {
        let label = key
            .map(|key| format!("{}: ", quoted(key)))
            .unwrap_or_default();
        let separator = if index == 0 { "" } else { "," };
        write!(text, "{separator}\n{:inner$}{label}", "").expect("a String takes it");
        write(text, item, depth + 1, inner + label.chars().count() + 1);
    }
    write!(text, "\n{:1$}{close}", "", depth * 2).expect("a String takes it");
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = sorted(fields)
                .into_iter()
                .map(|(key, item)| {
                    format!("{}: {}", quoted(key.unwrap_or_default()), on_one_line(item))
                })
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// In the same order, whatever the features with which `serde_json` was built.
fn sorted(fields: &serde_json::Map<String, Value>) -> Vec<(Option<&str>, &Value)> {
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(key, item)| (Some(key.as_str()), item))
        .collect();
    fields.sort_by_key(|(key, _)| *key);
    fields
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
