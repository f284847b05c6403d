//! YAML as `sigs.k8s.io/yaml` reads it: YAML 1.1's words, the first document, keys in their alphabet's order.

use std::collections::BTreeMap;

use libyaml_safer::{Error, ErrorKind, Event, EventData, Parser, ScalarStyle};
use serde_json::Value;

use super::json::{Json, quoted};

/// Aliases must not make more of a document than this.
const MOST_NODES: usize = 1_000_000;
const DEEPEST: usize = 500;
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
    let mut input = bytes;
    let mut parser = Parser::new();
    parser.set_input_string(&mut input);
    let mut reader = Reader {
        parser,
        anchors: BTreeMap::new(),
        twice: Vec::new(),
        nodes: 0,
        depth: 0,
    };
    let mut document = Json::Null;
    loop {
        let event = reader.next()?;
        match event.data {
            EventData::StreamStart { .. } | EventData::DocumentStart { .. } => {}
            EventData::StreamEnd | EventData::DocumentEnd { .. } => break,
            _ => document = reader.node(event)?,
        }
    }
    let twice = match reader.twice.as_slice() {
        [] => Vec::new(),
        keys => vec![format!("{DUPLICATES}\n  {}", keys.join("\n  "))],
    };
    Ok((document, twice))
}

struct Reader<'a> {
    parser: Parser<&'a mut &'a [u8]>,
    anchors: BTreeMap<String, Json>,
    twice: Vec<String>,
    nodes: usize,
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<Event, String> {
        self.parser.parse().map_err(|wrong| told(&wrong))
    }

    fn node(&mut self, event: Event) -> Result<Json, String> {
        self.nodes += 1;
        self.depth += 1;
        if self.nodes > MOST_NODES || self.depth > DEEPEST {
            return Err("yaml: document contains excessive aliasing".into());
        }
        let (node, anchor) = match event.data {
            EventData::Alias { anchor } => {
                let found = self.anchors.get(&anchor).cloned();
                let unknown = || format!("yaml: unknown anchor '{anchor}' referenced");
                (found.ok_or_else(unknown)?, None)
            }
            EventData::Scalar {
                anchor,
                tag,
                value,
                style,
                ..
            } => (scalar(&value, style, tag.as_deref())?, anchor),
            EventData::SequenceStart { anchor, .. } => (self.list()?, anchor),
            EventData::MappingStart { anchor, .. } => (self.mapping()?, anchor),
            _ => return Err("yaml: did not find expected node content".into()),
        };
        self.nodes += size(&node);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, node.clone());
        }
        self.depth -= 1;
        Ok(node)
    }

    fn list(&mut self) -> Result<Json, String> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::SequenceEnd) {
                return Ok(Json::List(items));
            }
            items.push(self.node(event)?);
        }
    }

    fn mapping(&mut self) -> Result<Json, String> {
        let mut entries: BTreeMap<String, Json> = BTreeMap::new();
        let mut inherited_entries: Vec<(String, Json)> = Vec::new();
        loop {
            let event = self.next()?;
            let merges = match &event.data {
                EventData::MappingEnd => break,
                EventData::Scalar { value, style, .. } => {
                    *style == ScalarStyle::Plain && value == "<<"
                }
                _ => false,
            };
            let line = event.start_mark.line + 1;
            let key = key(self.node(event)?)?;
            let event = self.next()?;
            let value = self.node(event)?;
            if merges {
                inherited_entries.extend(inherited(value)?);
            } else if entries.insert(key.clone(), value).is_some() {
                self.twice.push(format!(
                    "line {line}: key {} already set in map",
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

/// What is wrong, as `go.yaml.in/yaml/v2` tells it (`parser.fail`).
fn told(wrong: &Error) -> String {
    let line = |mark: libyaml_safer::Mark| Some(mark.line).filter(|line| *line > 0);
    // The scanner's lines are counted from 0, the parser's are those of the next line.
    let more = u64::from(wrong.kind() == ErrorKind::Scanner);
    let line = wrong
        .problem_mark()
        .and_then(line)
        .map(|line| line + more)
        .or_else(|| wrong.context_mark().and_then(line));
    let place = line
        .map(|line| format!("line {line}: "))
        .unwrap_or_default();
    format!("yaml: {place}{}", wrong.problem())
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

fn scalar(text: &str, style: ScalarStyle, tag: Option<&str>) -> Result<Json, String> {
    match tag.map(|it| it.rsplit([':', '!']).next().unwrap_or(it)) {
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
