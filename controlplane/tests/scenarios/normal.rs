//! An answer without what differs from run to run.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::symbols::{Class, Symbols};

/// Columns of tables that tell how long ago something was.
const AGES: [&str; 5] = [
    "Age",
    "Last Seen",
    "First Seen",
    "Duration",
    "Last Schedule",
];

/// What is known of the version of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListVersion {
    /// The latest: whether it equals that of an object is up to what else goes on.
    Latest,
    /// That of an earlier page.
    Continued,
    /// The request named it.
    Named,
}

/// How an answer is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) list: ListVersion,
    /// Of the items at the top, those with one of these names; all where there is no name.
    pub(crate) only: &'a [String],
    /// The causes of a refusal, or the rules of a user, come in any order.
    pub(crate) unordered: bool,
}

pub(crate) fn normalise(symbols: &mut Symbols, mut body: Value, reading: Reading<'_>) -> Value {
    if !reading.only.is_empty() {
        keep_named(&mut body, reading.only);
    }
    if reading.unordered {
        sort_causes(&mut body);
        sort_rules(&mut body);
    }
    learn_prefixes(symbols, &body);
    sort_managers(&mut body);
    if body["rows"].is_array() {
        hide_ages(symbols, &mut body);
    }
    walk(symbols, body, reading.list)
}

fn walk(symbols: &mut Symbols, value: Value, list: ListVersion) -> Value {
    match value {
        Value::String(text) => symbols.text(&text).into(),
        Value::Array(items) => items
            .into_iter()
            .map(|item| walk(symbols, item, list))
            .collect(),
        Value::Object(fields) => {
            let is_list = is_list(&fields);
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            let walked = fields.into_iter().map(|(key, value)| {
                let value = match (key.as_str(), value) {
                    ("metadata", Value::Object(metadata)) if is_list => {
                        list_metadata(symbols, metadata, list)
                    }
                    (_, value) => value,
                };
                let value = match special(symbols, &key, &value) {
                    Some(symbol) => symbol.into(),
                    None => walk(symbols, value, list),
                };
                (symbols.text(&key), value)
            });
            Value::Object(walked.collect())
        }
        plain => plain,
    }
}

fn is_list(fields: &Map<String, Value>) -> bool {
    let items = |key| {
        fields
            .get(key)
            .is_some_and(|items| items.is_array() || items.is_null())
    };
    items("items") || items("rows")
}

fn list_metadata(
    symbols: &mut Symbols,
    mut metadata: Map<String, Value>,
    list: ListVersion,
) -> Value {
    if let Some(Value::String(number)) = metadata.get_mut("resourceVersion") {
        *number = match list {
            ListVersion::Latest => symbols.fresh(Class::ListVersion, number),
            ListVersion::Continued => symbols.of(Class::ListVersion, number),
            ListVersion::Named => symbols.of(Class::Version, number),
        };
    }
    metadata.into()
}

/// Values that are known by their key.
fn special(symbols: &mut Symbols, key: &str, value: &Value) -> Option<String> {
    Some(match (key, value) {
        ("resourceVersion", Value::String(number))
            if number.parse::<u64>().is_ok() && number != "0" =>
        {
            symbols.of(Class::Version, number)
        }
        ("continue", Value::String(token)) if !token.is_empty() => {
            symbols.fresh(Class::Continue, token)
        }
        ("nodePort", Value::Number(port)) => symbols.of(Class::NodePort, &port.to_string()),
        // Of the build, not of what it does.
        (
            "buildDate" | "compiler" | "gitCommit" | "gitTreeState" | "goVersion" | "platform",
            Value::String(_),
        ) => format!("<{key}>"),
        _ => return None,
    })
}

/// A bookmark tells how far the server is, not the version of an object; a table has the version of its row.
pub(crate) fn normalise_event(symbols: &mut Symbols, mut event: Value) -> Value {
    let object = &mut event["object"];
    if object["rows"].is_array() {
        hide_ages(symbols, object);
    }
    if event["type"] == "BOOKMARK"
        && let Value::String(number) = &mut event["object"]["metadata"]["resourceVersion"]
    {
        *number = symbols.fresh(Class::ListVersion, number);
    }
    let reading = Reading {
        list: ListVersion::Named,
        only: &[],
        unordered: false,
    };
    normalise(symbols, event, reading)
}

/// Controllers name objects too.
fn learn_prefixes(symbols: &mut Symbols, value: &Value) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| learn_prefixes(symbols, item)),
        Value::Object(fields) => {
            if let Some(Value::String(prefix)) = fields.get("generateName") {
                symbols.prefix(prefix);
            }
            fields
                .values()
                .for_each(|field| learn_prefixes(symbols, field));
        }
        _ => {}
    }
}

/// The server sorts them by time too, and two writes may or may not fall into the same second.
fn sort_managers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sort_managers),
        Value::Object(fields) => {
            if let Some(Value::Array(managers)) = fields.get_mut("managedFields") {
                managers.sort_by_cached_key(|manager| {
                    ["operation", "manager", "apiVersion", "subresource"]
                        .map(|key| manager[key].as_str().unwrap_or_default().to_owned())
                });
            }
            fields.values_mut().for_each(sort_managers);
        }
        _ => {}
    }
}

/// In a watch only the first table tells its columns.
fn hide_ages(symbols: &mut Symbols, table: &mut Value) {
    static AGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(\d+[smhdy])+$").expect("it is valid"));
    if let Some(columns) = table["columnDefinitions"].as_array() {
        let name = |column: &Value| column["name"].as_str().unwrap_or_default().to_owned();
        symbols.columns = columns.iter().map(name).collect();
    }
    for row in table["rows"].as_array_mut().into_iter().flatten() {
        let cells = row["cells"].as_array_mut().into_iter().flatten();
        for (name, cell) in symbols.columns.iter().zip(cells) {
            let is_age = AGES.contains(&name.as_str());
            if is_age && cell.as_str().is_some_and(|text| AGE.is_match(text)) {
                *cell = "<age>".into();
            }
        }
    }
}

/// Those of the list, and of the sentence that is made of them.
fn sort_causes(status: &mut Value) {
    let sentence = |causes: &[Value]| {
        let text = |cause: &Value, key: &str| cause[key].as_str().unwrap_or_default().to_owned();
        let told = |cause| format!("{}: {}", text(cause, "field"), text(cause, "message"));
        causes.iter().map(told).collect::<Vec<_>>().join(", ")
    };
    let Some(Value::Array(causes)) = status.pointer_mut("/details/causes") else {
        return;
    };
    let before = sentence(causes);
    causes.sort_by_cached_key(ToString::to_string);
    let after = sentence(causes);
    if let Value::String(message) = &mut status["message"] {
        *message = message.replace(&before, &after);
    }
}

fn sort_rules(review: &mut Value) {
    for list in ["resourceRules", "nonResourceRules"] {
        let rules = review.pointer_mut(&format!("/status/{list}"));
        if let Some(Value::Array(rules)) = rules {
            rules.sort_by_cached_key(ToString::to_string);
        }
    }
}

/// Discovery documents tell of all that is installed: of their items, a scenario may record those it is about.
fn keep_named(body: &mut Value, names: &[String]) {
    for list in ["groups", "items", "resources"] {
        if let Some(items) = body.get_mut(list).and_then(Value::as_array_mut) {
            items.retain(|item| {
                let name = item["name"].as_str().or(item["metadata"]["name"].as_str());
                name.is_some_and(|name| names.iter().any(|wanted| wanted == name))
            });
        }
    }
}
