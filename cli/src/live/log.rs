//! What an operator says, a JSON document a line.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::screen::{Screen, Tone};

/// What a line of an operator's says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A run of a controller for an object.
    Run(Run),
    /// Words, of a controller or of whoever.
    Words {
        word: String,
        tone: Tone,
        text: String,
    },
    /// Nothing that its author would want to know.
    Nothing,
}

/// A run of a controller for an object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) controller: String,
    pub(crate) object: String,
    /// Why it ran.
    pub(crate) causes: String,
    /// What it wrote.
    pub(crate) wrote: String,
    /// How it failed, if it did.
    pub(crate) failure: Option<String>,
}

/// Where the runtime tells of runs.
const RUNS: &str = "myop::worker";

impl Said {
    /// Reads a line. What is no line of a log was printed by somebody, or is of a panic.
    pub(crate) fn read(line: &str) -> Self {
        let Ok(Value::Object(line_)) = serde_json::from_str(line) else {
            return Self::words("operator", Tone::Plain, line.to_owned());
        };
        let target = text(&line_, "target");
        let level = text(&line_, "level");
        let no_fields = Map::new();
        let fields = line_.get("fields").and_then(Value::as_object);
        let fields = fields.unwrap_or(&no_fields);
        let span = line_.get("span").and_then(Value::as_object);
        let message = text(fields, "message");
        let is_ours = target == "myop" || target.starts_with("myop::");
        let tone = match level.as_str() {
            "ERROR" => Tone::Bad,
            "WARN" => Tone::Warning,
            "INFO" if !is_ours => Tone::Plain,
            _ if target == RUNS => Tone::Quiet,
            _ => return Self::Nothing,
        };
        let Some(span) = span else {
            return Self::words("operator", tone, with_fields(message, fields));
        };
        let (controller, object) = (text(span, "controller"), text(span, "object"));
        let is_run = target == RUNS && (fields.contains_key("wrote") || message == "reconciled");
        if !is_run {
            let text = format!("{object}: {}", with_fields(message, fields));
            return Self::words(&controller, tone, text);
        }
        let reason = text(fields, "reason");
        let failure = match (reason.as_str(), message.as_str()) {
            (_, "reconciled") => None,
            ("", message) => Some(message.to_owned()),
            (reason, message) => Some(format!("{reason}: {message}")),
        };
        Self::Run(Run {
            causes: counted(&without(&text(span, "causes"), &object)),
            wrote: without(&text(fields, "wrote"), &object)
                .replace("status .status.", "status ")
                .replace(", .status.", ", "),
            controller,
            object,
            failure,
        })
    }

    fn words(word: &str, tone: Tone, text: String) -> Self {
        Self::Words {
            word: word.to_owned(),
            tone,
            text,
        }
    }

    /// Shows it.
    pub(crate) fn show(&self, screen: &Screen) {
        match self {
            Self::Nothing => {}
            Self::Words { word, tone, text } => screen.tell(word, *tone, text),
            Self::Run(run) => run.show(screen),
        }
    }
}

impl Run {
    fn show(&self, screen: &Screen) {
        let (object, causes) = (&self.object, &self.causes);
        let wrote = if self.wrote.is_empty() {
            "nothing to do"
        } else {
            &self.wrote
        };
        let tone = match (&self.failure, self.wrote.is_empty()) {
            (Some(_), _) => Tone::Bad,
            (None, true) => Tone::Quiet,
            (None, false) => Tone::Plain,
        };
        let line = match &self.failure {
            None => format!("{object}: {causes} → {wrote}"),
            Some(failure) if self.wrote.is_empty() => format!("{object}: {causes} → {failure}"),
            Some(failure) => format!("{object}: {causes} → {wrote}; {failure}"),
        };
        screen.tell(&self.controller, tone, line);
    }
}

fn text(map: &Map<String, Value>, key: &str) -> String {
    match map.get(key) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

/// A message and what stands beside it.
fn with_fields(mut message: String, fields: &Map<String, Value>) -> String {
    for name in fields.keys().filter(|name| *name != "message") {
        let value = text(fields, name);
        if value.is_empty() {
            continue;
        }
        let _ = if message.is_empty() {
            write!(message, "{name}={value}")
        } else {
            write!(message, " {name}={value}")
        };
    }
    message
}

/// Words about an object, and about others of its name, without the name.
fn without(text: &str, object: &str) -> String {
    text.replace(&format!(" {object} "), " ")
}

/// Each cause once.
fn counted(causes: &str) -> String {
    let mut found: Vec<(&str, usize)> = Vec::new();
    for cause in causes.split(", ") {
        match found.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, count)) => *count += 1,
            None => found.push((cause, 1)),
        }
    }
    let words = found.into_iter().map(|(cause, count)| match count {
        1 => cause.to_owned(),
        count => format!("{cause} ({count} times)"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as an operator of this edition writes them.
    const LINES: &str = r#"
{"timestamp":"2026-11-23T11:11:09.135306Z","level":"INFO","fields":{"message":"found a cluster","server":"https://127.0.0.1:33223/"},"target":"myop::entry"}
{"timestamp":"2026-11-23T11:11:11.295850Z","level":"INFO","fields":{"message":"reconciled","wrote":"Deployment default/a created, status .status.conditions[Ready] none -> False (ReplicasUnavailable), .status.observedGeneration none -> 1 and 1 more"},"target":"myop::worker","span":{"attempt":1,"causes":"MyApp default/a added","controller":"myapp","object":"default/a","name":"reconcile"},"spans":[]}
{"timestamp":"2026-11-23T11:11:15.397752Z","level":"DEBUG","fields":{"message":"reconciled"},"target":"myop::worker","span":{"attempt":1,"causes":"Deployment default/a updated, Secret other/b updated, Deployment default/a updated","controller":"myapp","object":"default/a","name":"reconcile"},"spans":[]}
{"timestamp":"2026-11-23T11:11:16.397752Z","level":"WARN","fields":{"message":"no bank; will be tried again","reason":"NoBank","wrote":""},"target":"myop::worker","span":{"attempt":2,"causes":"retry","controller":"myapp","object":"default/a","name":"reconcile"},"spans":[]}
{"timestamp":"2026-11-23T11:11:17.397752Z","level":"INFO","fields":{"message":"paid","amount":3},"target":"shop::bank","span":{"causes":"retry","controller":"myapp","object":"default/a","name":"reconcile"},"spans":[]}
{"timestamp":"2026-11-23T11:11:18.397752Z","level":"WARN","fields":{"message":"cannot watch"},"target":"myop::watch"}
thread 'main' panicked at src/lib.rs:1:1:"#;

    #[test]
    fn a_line_a_reconcile() {
        let screen = Screen::new(super::super::screen::Output {
            print: |text| PRINTED.with_borrow_mut(|all| all.push_str(text)),
            look: crate::excerpt::Look::Plain,
        });
        for line in LINES.trim().lines() {
            Said::read(line).show(&screen);
        }
        insta::assert_snapshot!(PRINTED.take(), @r"
           myapp  default/a: MyApp added → Deployment created, status conditions[Ready] none -> False (ReplicasUnavailable), observedGeneration none -> 1 and 1 more
           myapp  default/a: Deployment updated (2 times), Secret other/b updated → nothing to do
           myapp  default/a: retry → NoBank: no bank; will be tried again
           myapp  default/a: paid amount=3
        operator  cannot watch
        operator  thread 'main' panicked at src/lib.rs:1:1:
        ");
    }

    std::thread_local! {
        static PRINTED: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
    }
}
