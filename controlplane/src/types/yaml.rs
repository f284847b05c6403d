//! YAML as `sigs.k8s.io/yaml` reads it: YAML 1.1's words, the first document, keys in their alphabet's order.

use std::{borrow::Cow, collections::BTreeMap};

use serde::de::IgnoredAny;
use serde_json::Value;
use serde_yaml::granit_parser::{Event, Options, Parser, ScalarStyle, Span, StrInput, Tag};

use super::json::{Json, quoted};
use crate::deep::DEEPEST;

/// Aliases must not make more of a document than this.
const MOST_NODES: usize = 1_000_000;
/// The first line of what is said of keys that are there twice.
const DUPLICATES: &str = "yaml: unmarshal errors:";

/// A document that is an object, and what the client is told of keys that are in it twice.
pub fn yaml_object(bytes: &[u8]) -> Result<(Value, Vec<String>), String> {
    let (document, twice) =
        read(bytes).map_err(|why| format!("error converting YAML to JSON: {why}"))?;
    match document {
        Json::Object(_) | Json::Null => {
            let twice = twice.iter().flat_map(|error| lines(error)).collect();
            Ok((Value::from(&document), twice))
        }
        other => Err(format!(
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type \
             map[string]interface {{}}",
            other.name()
        )),
    }
}

/// The lines of what is said of keys that are there twice.
pub(super) fn lines(error: &str) -> impl Iterator<Item = String> {
    let lines = error.lines().filter(|line| *line != DUPLICATES);
    lines.map(|line| line.trim_start().to_owned())
}

/// A document, and which keys are in it twice, as one error.
pub(super) fn read(bytes: &[u8]) -> Result<(Json, Vec<String>), String> {
    document(bytes).map_err(|wrong| told(bytes, &wrong).unwrap_or(wrong))
}

fn document(bytes: &[u8]) -> Result<(Json, Vec<String>), String> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "yaml: invalid leading UTF-8 octet".to_owned())?;
    let mut options = Options::default();
    // What is deeper is told of here, in Go's words: the parser reads ahead.
    options.flow_nesting_limit = 2 * DEEPEST;
    options.block_nesting_limit = 2 * DEEPEST;
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
        twice: Vec::new(),
        nodes: 0,
        depth: 0,
    };
    let mut document = Json::Null;
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(..), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, _) => break,
            (event, span) => document = reader.node(event, span)?,
        }
    }
    let twice = match reader.twice.as_slice() {
        [] => Vec::new(),
        keys => vec![format!("{DUPLICATES}\n  {}", keys.join("\n  "))],
    };
    Ok((document, twice))
}

struct Reader<'a> {
    events: Parser<'a, StrInput<'a>>,
    anchors: BTreeMap<usize, Json>,
    twice: Vec<String>,
    nodes: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), String> {
        let data = |event: &Result<(Event<'_>, Span), _>| {
            !matches!(event, Ok((Event::Comment(..) | Event::Anchor(..), _)))
        };
        match self.events.find(data) {
            Some(Ok(event)) => Ok(event),
            Some(Err(wrong)) => Err(format!(
                "yaml: line {}: {}",
                wrong.marker().line(),
                wrong.info()
            )),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Json, String> {
        self.nodes += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("yaml: exceeded max depth of {DEEPEST}"));
        }
        if self.nodes > MOST_NODES {
            return Err("yaml: document contains excessive aliasing".into());
        }
        let (node, anchor) = match event {
            Event::Alias(anchor) => (self.anchors.get(&anchor).cloned().unwrap_or(Json::Null), 0),
            Event::Scalar(text, style, anchor, tag) => {
                (scalar(&text, style, tag.as_ref())?, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (self.list()?, anchor),
            Event::MappingStart(_, anchor, _) => (self.mapping()?, anchor),
            _ => {
                return Err(format!(
                    "yaml: line {}: did not find expected node content",
                    span.start.line()
                ));
            }
        };
        self.nodes += size(&node);
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        self.depth -= 1;
        Ok(node)
    }

    fn list(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Json::List(items)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Json, String> {
        let mut entries: BTreeMap<String, Json> = BTreeMap::new();
        let mut inherited_entries: Vec<(String, Json)> = Vec::new();
        loop {
            let (event, span) = match self.next()? {
                (Event::MappingEnd, _) => break,
                event => event,
            };
            let merges =
                matches!(&event, Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<");
            let key = key(self.node(event, span)?)?;
            let (event, inner) = self.next()?;
            let value = self.node(event, inner)?;
            if merges {
                inherited_entries.extend(inherited(value)?);
            } else if entries.insert(key.clone(), value).is_some() {
                self.twice.push(format!(
                    "line {}: key {} already set in map",
                    span.start.line(),
                    quoted(&key)
                ));
            }
        }
        for (key, value) in inherited_entries {
            entries.entry(key).or_insert(value);
        }
        Ok(Json::Object(entries.into_iter().collect()))
    }
}

/// What libyaml finds wrong, as Go's port of it tells it (`parser.fail` of `go.yaml.in/yaml/v2`).
fn told(bytes: &[u8], wrong: &str) -> Option<String> {
    if wrong.ends_with("found unknown anchor") {
        let name = unknown_anchor(std::str::from_utf8(bytes).ok()?)?;
        return Some(format!("yaml: unknown anchor '{name}' referenced"));
    }
    let wrong = libyaml::from_slice::<IgnoredAny>(bytes).err()?;
    let text = wrong.to_string();
    let problem = text.split(" at line ").next().unwrap_or(&text);
    let is_of_parser = OF_PARSER.iter().any(|one| problem.starts_with(one));
    let is_of_scanner = OF_SCANNER.iter().any(|one| problem.starts_with(one));
    if !is_of_parser && !is_of_scanner {
        return None;
    }
    // What the parser finds is told of the line before, and of the first line nothing is told.
    let line = wrong.location().map_or(1, |place| place.line());
    let place = match line {
        1 => String::new(),
        line => format!("line {}: ", line - usize::from(is_of_parser)),
    };
    Some(format!("yaml: {place}{problem}"))
}

const OF_PARSER: [&str; 4] = [
    "did not find expected ",
    "found undefined tag handle",
    "found duplicate %",
    "found incompatible YAML document",
];
const OF_SCANNER: [&str; 8] = [
    "found character that cannot start any token",
    "found unexpected",
    "found unknown escape character",
    "found a",
    "found extremely long version number",
    "could not find expected",
    "mapping values are not allowed in this context",
    "block ",
];

/// The first alias of what has no such name.
fn unknown_anchor(text: &str) -> Option<&str> {
    let aliases = text.split('*').skip(1).map(|rest| {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        &rest[..rest
            .find(|letter| !is_of_name(letter))
            .unwrap_or(rest.len())]
    });
    let mut unknown =
        aliases.filter(|name| !name.is_empty() && !text.contains(&format!("&{name}")));
    unknown.next()
}

fn size(node: &Json) -> usize {
    match node {
        Json::List(items) => items.len(),
        Json::Object(entries) => entries.len(),
        _ => 0,
    }
}

/// What `<<` brings in.
fn inherited(value: Json) -> Result<Vec<(String, Json)>, String> {
    match value {
        Json::Object(entries) => Ok(entries),
        Json::List(items) => Ok(items
            .into_iter()
            .map(inherited)
            .collect::<Result<Vec<_>, _>>()?
            .concat()),
        _ => Err("yaml: map merge requires map or sequence of maps as the value".into()),
    }
}

fn key(node: Json) -> Result<String, String> {
    match node {
        Json::String(text) | Json::Number(text) => Ok(text),
        Json::Bool(truth) => Ok(truth.to_string()),
        Json::Null => Ok("null".into()),
        other => Err(format!("yaml: invalid map key: {}", go_syntax(&other))),
    }
}

/// As Go's `%#v`.
fn go_syntax(node: &Json) -> String {
    match node {
        Json::Null => "interface {}(nil)".into(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(text) => text.clone(),
        Json::String(text) => quoted(text),
        Json::List(items) => {
            let items: Vec<String> = items.iter().map(go_syntax).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Json::Object(entries) => {
            let entries = entries.iter();
            let entries =
                entries.map(|(key, value)| format!("{}:{}", quoted(key), go_syntax(value)));
            let entries: Vec<String> = entries.collect();
            format!(
                "map[interface {{}}]interface {{}}{{{}}}",
                entries.join(", ")
            )
        }
    }
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Cow<'_, Tag>>) -> Result<Json, String> {
    let tag = tag.map(ToString::to_string);
    match tag
        .as_deref()
        .map(|it| it.rsplit([':', '!']).next().unwrap_or(it))
    {
        Some("binary") => {
            let bytes = super::base64::decoded(text.trim().as_bytes())
                .map_err(|_| "yaml: !!binary value contains invalid base64 data".to_owned())?;
            Ok(Json::String(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Some("str") => Ok(Json::String(text.into())),
        _ if style != ScalarStyle::Plain => Ok(Json::String(text.into())),
        _ => Ok(plain(text)),
    }
}

/// A scalar without quotes, by the rules of YAML 1.1 as Go's library has them.
fn plain(text: &str) -> Json {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Json::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Json::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Json::Bool(false)
        }
        _ if text.starts_with(|it: char| it.is_ascii_digit() || "+-.".contains(it)) => {
            number(&text.replace('_', "")).map_or_else(|| Json::String(text.into()), Json::Number)
        }
        _ => Json::String(text.into()),
    }
}

fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let radix = |prefix: &[&str], radix| {
        let digits = prefix.iter().find_map(|it| digits.strip_prefix(it))?;
        u64::from_str_radix(digits, radix).ok()
    };
    let integer = radix(&["0x", "0X"], 16)
        .or_else(|| radix(&["0b", "0B"], 2))
        .or_else(|| radix(&["0o", "0O"], 8))
        .or_else(|| (digits.len() > 1).then(|| radix(&["0"], 8))?)
        .or_else(|| {
            digits
                .bytes()
                .all(|it| it.is_ascii_digit())
                .then(|| digits.parse().ok())?
        });
    if let Some(integer) = integer {
        return Some(format!("{sign}{integer}"));
    }
    let is_float = digits
        .bytes()
        .all(|it| it.is_ascii_digit() || b".eE+-".contains(&it))
        && digits.bytes().any(|it| it.is_ascii_digit());
    let float: f64 = if is_float {
        text.parse().ok()?
    } else {
        return None;
    };
    float.is_finite().then(|| float.to_string())
}
