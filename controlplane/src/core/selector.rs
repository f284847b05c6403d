//! Which objects a list or a watch is about.
//!
//! The grammars are those of `labels.Parse` and `fields.ParseSelector` in k8s.io/apimachinery.

use std::fmt;

use serde_json::Value;

use super::{
    names,
    object::{Object, texts},
};
use crate::Refusal;

/// By labels: all requirements hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    label: String,
    operator: Operator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operator {
    Equal(String),
    Unequal(String),
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
    Above(i64),
    Below(i64),
}

impl LabelSelector {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let requirements = Parser::new(text).requirements();
        Ok(Self(requirements.map_err(Refusal::bad_request)?))
    }

    /// The selector that an object holds (apimachinery's `LabelSelectorAsSelector`): where there is none it selects
    /// nothing, where it is empty all. None where it is not valid.
    pub(crate) fn of(selector: &Value) -> Option<Self> {
        let Some(selector) = selector.as_object() else {
            return Some(Self::nothing());
        };
        let labels = texts(selector.get("matchLabels"));
        let mut requirements: Vec<_> = labels
            .map(|(label, value)| requirement(label, Operator::Equal(value.into())))
            .collect();
        let expressions = selector.get("matchExpressions").and_then(Value::as_array);
        for expression in expressions.into_iter().flatten() {
            requirements.push(Requirement::of(expression)?);
        }
        let valid = requirements.iter().all(Requirement::is_valid);
        valid.then_some(Self(requirements))
    }

    fn nothing() -> Self {
        Self(vec![requirement("", Operator::In(Vec::new()))])
    }

    pub(crate) fn holds(&self, object: &Object) -> bool {
        self.0.iter().all(|one| one.holds(object.label(&one.label)))
    }

    /// Whether it selects what has these labels.
    pub(crate) fn selects(&self, labels: &Value) -> bool {
        let label = |name: &str| labels.get(name).and_then(Value::as_str);
        self.0.iter().all(|one| one.holds(label(&one.label)))
    }
}

impl Requirement {
    /// `{key, operator, values}`.
    fn of(expression: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let values = expression["values"].as_array().into_iter().flatten();
        let values: Vec<_> = values.map(text).collect();
        let operator = match (text(&expression["operator"]).as_str(), values.is_empty()) {
            ("In", false) => Operator::In(values),
            ("NotIn", false) => Operator::NotIn(values),
            ("Exists", true) => Operator::Exists,
            ("DoesNotExist", true) => Operator::Absent,
            _ => return None,
        };
        Some(requirement(&text(&expression["key"]), operator))
    }

    fn is_valid(&self) -> bool {
        let values = match &self.operator {
            Operator::Equal(value) | Operator::Unequal(value) => std::slice::from_ref(value),
            Operator::In(values) | Operator::NotIn(values) => values.as_slice(),
            _ => &[],
        };
        names::qualified(&self.label).is_empty()
            && values.iter().all(|one| names::label_value(one).is_empty())
    }

    fn holds(&self, value: Option<&str>) -> bool {
        let number = |value: Option<&str>| value.and_then(|value| value.parse::<i64>().ok());
        match &self.operator {
            Operator::Equal(wanted) => value == Some(wanted),
            Operator::Unequal(unwanted) => value != Some(unwanted),
            Operator::In(values) => {
                value.is_some_and(|value| values.iter().any(|one| one == value))
            }
            Operator::NotIn(values) => {
                value.is_none_or(|value| values.iter().all(|one| one != value))
            }
            Operator::Exists => value.is_some(),
            Operator::Absent => value.is_none(),
            Operator::Above(limit) => number(value).is_some_and(|number| number > *limit),
            Operator::Below(limit) => number(value).is_some_and(|number| number < *limit),
        }
    }
}

/// As a query has it, in the order of the labels: `a=b,c in (d,e),!f` (apimachinery's `Selector.String`). Nothing is
/// the empty text, as is all.
impl fmt::Display for LabelSelector {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut requirements: Vec<_> = self.0.iter().collect();
        requirements.retain(|one| !one.label.is_empty());
        requirements.sort_by(|one, other| one.label.cmp(&other.label));
        let terms: Vec<_> = requirements.iter().map(ToString::to_string).collect();
        out.write_str(&terms.join(","))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = &self.label;
        let sorted = |values: &[String]| {
            let mut values = values.to_vec();
            values.sort_unstable();
            values.join(",")
        };
        match &self.operator {
            Operator::Equal(value) => write!(out, "{label}={value}"),
            Operator::Unequal(value) => write!(out, "{label}!={value}"),
            Operator::In(values) => write!(out, "{label} in ({})", sorted(values)),
            Operator::NotIn(values) => write!(out, "{label} notin ({})", sorted(values)),
            Operator::Exists => write!(out, "{label}"),
            Operator::Absent => write!(out, "!{label}"),
            Operator::Above(limit) => write!(out, "{label}>{limit}"),
            Operator::Below(limit) => write!(out, "{label}<{limit}"),
        }
    }
}

/// Reads `a=b, c in (d, e), !f`.
struct Parser<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            tokens: tokens(text),
            at: 0,
        }
    }

    fn peek(&self) -> &'a str {
        self.tokens.get(self.at).copied().unwrap_or_default()
    }

    fn next(&mut self) -> &'a str {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirements(&mut self) -> Result<Vec<Requirement>, String> {
        let mut found = Vec::new();
        loop {
            match self.peek() {
                "" => return Ok(found),
                token if begins_requirement(token) => {
                    let requirement = self.requirement();
                    found.push(
                        requirement.map_err(|why| format!("unable to parse requirement: {why}"))?,
                    );
                }
                token => {
                    return Err(format!(
                        "found '{token}', expected: !, identifier, or 'end of string'"
                    ));
                }
            }
            match (self.next(), self.peek()) {
                ("", _) => return Ok(found),
                (",", token) if begins_requirement(token) => {}
                (",", token) => {
                    return Err(format!("found '{token}', expected: identifier after ','"));
                }
                (token, _) => {
                    return Err(format!("found '{token}', expected: ',' or 'end of string'"));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let absent = self.peek() == "!";
        if absent {
            self.next();
        }
        let label = self.next();
        if is_operator(label) || label.is_empty() {
            return Err(format!("found '{label}', expected: identifier"));
        }
        names::check_label_name(label)
            .map_err(|why| format!("<nil>: Invalid value: {label:?}: {}", why.join("; ")))?;
        if absent {
            return Ok(requirement(label, Operator::Absent));
        }
        let operator = match self.peek() {
            "" | "," => Operator::Exists,
            "=" | "==" => Operator::Equal(self.one_value()?),
            "!=" => Operator::Unequal(self.one_value()?),
            "in" => Operator::In(self.values()?),
            "notin" => Operator::NotIn(self.values()?),
            ">" => Operator::Above(self.number()?),
            "<" => Operator::Below(self.number()?),
            other => return Err(format!("found '{other}', expected: {OPERATORS}")),
        };
        match &operator {
            Operator::Equal(value) | Operator::Unequal(value) => {
                check_values(label, std::slice::from_ref(value))?;
            }
            Operator::In(values) | Operator::NotIn(values) => check_values(label, values)?,
            _ => {}
        }
        Ok(requirement(label, operator))
    }

    fn one_value(&mut self) -> Result<String, String> {
        self.next();
        match self.peek() {
            "" | "," => Ok(String::new()),
            value if is_operator(value) => Err(format!("found '{value}', expected: identifier")),
            _ => Ok(self.next().into()),
        }
    }

    fn number(&mut self) -> Result<i64, String> {
        let value = self.one_value()?;
        value.parse().map_err(|_| {
            format!("values[0]: Invalid value: {value:?}: for 'Gt', 'Lt' operators, the value must be an integer")
        })
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        self.next();
        match self.next() {
            "(" => {}
            other => return Err(format!("found '{other}' expected: '('")),
        }
        let mut values = Vec::new();
        loop {
            match self.next() {
                ")" if values.is_empty() => return Ok(vec![String::new()]),
                "," => {
                    values.push(String::new());
                    if self.peek() == ")" {
                        self.next();
                        return Ok(values);
                    }
                }
                value if is_operator(value) || value.is_empty() => {
                    return Err(format!("found '{value}', expected: ',', ')' or identifier"));
                }
                value => {
                    values.push(value.into());
                    match self.next() {
                        ")" => return Ok(values),
                        "," if self.peek() == ")" => values.push(String::new()),
                        "," => {}
                        other => return Err(format!("found '{other}', expected: ',' or ')'")),
                    }
                }
            }
            if self.peek() == ")" {
                self.next();
                return Ok(values);
            }
        }
    }
}

const OPERATORS: &str = "in, notin, =, ==, !=, gt, lt";

fn begins_requirement(token: &str) -> bool {
    token == "!" || !token.is_empty() && !is_operator(token)
}

fn requirement(label: &str, operator: Operator) -> Requirement {
    Requirement {
        label: label.into(),
        operator,
    }
}

fn check_values(label: &str, values: &[String]) -> Result<(), String> {
    for (index, value) in values.iter().enumerate() {
        names::check_label_value(value).map_err(|why| {
            format!(
                "values[{index}][{label}]: Invalid value: {value:?}: {}",
                why.join("; ")
            )
        })?;
    }
    Ok(())
}

fn is_operator(token: &str) -> bool {
    matches!(token, "=" | "==" | "!=" | ">" | "<" | "(" | ")" | "," | "!")
}

fn tokens(text: &str) -> Vec<&str> {
    const SPECIAL: [char; 7] = ['=', '!', '(', ')', ',', '>', '<'];
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if SPECIAL.contains(&first) {
            let double = rest.starts_with("==") || rest.starts_with("!=");
            if double { 2 } else { 1 }
        } else {
            let end = rest.find(|letter: char| SPECIAL.contains(&letter) || letter.is_whitespace());
            end.unwrap_or(rest.len())
        };
        let (token, after) = rest.split_at(length);
        found.push(token);
        rest = after.trim_start();
    }
    found
}

/// By fields: each has, or has not, this value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FieldSelector(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    field: String,
    value: String,
    equal: bool,
}

impl FieldSelector {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let terms = split_terms(text).into_iter().map(|term| {
            Term::parse(&term).ok_or_else(|| {
                Refusal::bad_request(format!(
                    "invalid selector: '{text}'; can't understand '{term}'"
                ))
            })
        });
        Ok(Self(terms.collect::<Result<_, _>>()?))
    }

    /// The one value that a field must have, where there is one.
    pub(crate) fn exact(&self, field: &str) -> Option<&str> {
        let term = self
            .0
            .iter()
            .find(|term| term.equal && term.field == field)?;
        Some(&term.value)
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|term| term.field.as_str())
    }

    pub(crate) fn named(name: &str) -> Self {
        Self(vec![Term {
            field: "metadata.name".into(),
            value: name.into(),
            equal: true,
        }])
    }

    pub(crate) fn holds(&self, value_of: impl Fn(&str) -> String) -> bool {
        self.0
            .iter()
            .all(|term| (value_of(&term.field) == term.value) == term.equal)
    }
}

impl Term {
    fn parse(text: &str) -> Option<Self> {
        for (at, letter) in text.char_indices() {
            let rest = &text[at..];
            let (operator, equal) = match letter {
                '!' if rest.starts_with("!=") => ("!=", false),
                '=' if rest.starts_with("==") => ("==", true),
                '=' => ("=", true),
                _ => continue,
            };
            return Some(Self {
                field: text[..at].into(),
                value: unescape(&rest[operator.len()..])?,
                equal,
            });
        }
        None
    }
}

/// `\\`, `\=` and `\,` stand for the second letter.
fn unescape(text: &str) -> Option<String> {
    let mut found = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next()? {
                escaped @ ('\\' | '=' | ',') => found.push(escaped),
                _ => return None,
            },
            '=' | ',' => return None,
            other => found.push(other),
        }
    }
    Some(found)
}

fn split_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut term = String::new();
    let mut escaped = false;
    for letter in text.chars() {
        match letter {
            ',' if !escaped => terms.push(std::mem::take(&mut term)),
            other => term.push(other),
        }
        escaped = letter == '\\' && !escaped;
    }
    terms.push(term);
    terms.retain(|term| !term.is_empty());
    terms
}

/// The text at a field's path, `spec.nodeName`; empty where there is none.
pub(crate) fn field_text(object: &Object, path: &str) -> String {
    if object.kind() == "Pod"
        && let Some(text) = field_of_pod(object, path)
    {
        return text;
    }
    let pointer = format!("/{}", path.replace('.', "/"));
    let value = match (path, object.kind(), object.api_version()) {
        // The field has kept its old name in selectors.
        ("status.successful", "Job", "batch/v1") => {
            let count = object.value()["status"]["succeeded"].as_i64();
            return count.unwrap_or_default().to_string();
        }
        _ => object.value().pointer(&pointer),
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        // The source of an Event is a component, or else who reports it.
        Some(source) if path == "source" => match source["component"].as_str() {
            None | Some("") => object.text("/reportingComponent").into(),
            Some(component) => component.into(),
        },
        Some(other) => other.to_string(),
    }
}

/// Fields of pods that are selected by other values than they have.
fn field_of_pod(pod: &Object, path: &str) -> Option<String> {
    match path {
        "spec.host" => Some(pod.text("/spec/nodeName").into()),
        "spec.hostNetwork" if pod.value()["spec"]["hostNetwork"].is_null() => Some("false".into()),
        "status.podIP" => Some(pod.text("/status/podIPs/0/ip").into()),
        "status.podIPs" => Some(String::new()),
        _ => None,
    }
}
