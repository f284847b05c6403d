//! Requests in order and what the real server answered, as text.
//!
//! A request is a line of a verb and a path, perhaps a line `User-Agent: …`, and a body on one line. Its answer
//! follows on a line `< CODE JSON`. `APPLY`, `MERGE`, `JSON`, `STRATEGIC` are patches of these types.

use std::fmt::Write;

use serde_json::Value;

/// One request and its answer.
pub(super) struct Step {
    /// Lines above it that begin with `#`, and empty lines.
    pub(super) comment: String,
    pub(super) verb: String,
    pub(super) path: String,
    pub(super) agent: Option<String>,
    pub(super) body: String,
    pub(super) answer: Option<(u16, Value)>,
}

impl Step {
    fn new(comment: String, line: &str) -> Self {
        let (verb, path) = line.split_once(' ').expect("a verb and a path");
        Self {
            comment,
            verb: verb.into(),
            path: path.into(),
            agent: None,
            body: String::new(),
            answer: None,
        }
    }

    /// The value of a parameter of the query; empty where there is none.
    pub(super) fn parameter(&self, name: &str) -> String {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&');
        let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        decoded(value.unwrap_or_default())
    }

    /// The path without its query, in its parts.
    pub(super) fn parts(&self) -> Vec<&str> {
        let path = self.path.split('?').next().unwrap_or_default();
        path.trim_matches('/').split('/').collect()
    }
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(part[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// Reads a file.
pub(super) fn read(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut comment = String::new();
    for line in text.lines() {
        let first = line.split(' ').next().unwrap_or_default();
        if line.is_empty() || line.starts_with('#') {
            writeln!(comment, "{line}").unwrap();
        } else if first.len() > 2 && first.bytes().all(|byte| byte.is_ascii_uppercase()) {
            steps.push(Step::new(std::mem::take(&mut comment), line));
        } else {
            let step = steps.last_mut().expect("a request first");
            if let Some(agent) = line.strip_prefix("User-Agent: ") {
                step.agent = Some(agent.into());
            } else if let Some(answer) = line.strip_prefix("< ") {
                let (code, body) = answer.split_once(' ').expect("a code and a body");
                step.answer = Some((code.parse().unwrap(), serde_json::from_str(body).unwrap()));
            } else {
                step.body.push_str(line);
            }
        }
    }
    steps
}

/// Writes a file.
pub(super) fn write(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        writeln!(text, "{}{} {}", step.comment, step.verb, step.path).unwrap();
        if let Some(agent) = &step.agent {
            writeln!(text, "User-Agent: {agent}").unwrap();
        }
        if !step.body.is_empty() {
            writeln!(text, "{}", step.body).unwrap();
        }
        if let Some((code, body)) = &step.answer {
            writeln!(text, "< {code} {body}").unwrap();
        }
    }
    text
}
