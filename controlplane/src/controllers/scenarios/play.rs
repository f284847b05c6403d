//! Plays scenarios: text files of requests, below each of which stands what a real server made of it.
//!
//! - `== NAME` begins a scenario, in a fresh namespace of that name.
//! - `POST PATH BODY` and its like are requests; a patch is a merge patch. `{uid KIND/NAME}` stands for the uid of an
//!   object that an earlier answer held. Lines that begin with a space go on with the body.
//! - `settle SECONDS PATH…` waits, and tells what became of the objects of these collections since the last time: each
//!   object as it appeared, then its changes as merge patches. Events are told as sentences, in order of their texts.
//!   What is about one of several Pods does not tell which.
//! - `show PATH…` tells the objects as they are, `name PATH…` only that they are there.
//! - Lines that begin with `|` are recorded.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// How much a server adds to `generateName`.
const GENERATED: usize = 5;

/// What scenarios are played on.
pub(crate) trait Server {
    /// Carries out a request, and returns the status and the body.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value);
    /// Watches a collection from a revision until now: an event a line.
    fn events(&mut self, path: &str, revision: &str) -> String;
    /// Waits for so many seconds.
    fn wait(&mut self, seconds: u64);
}

/// Plays all scenarios of a file, and returns the file as it would be recorded.
pub(crate) fn play(text: &str, server: &mut dyn FnMut() -> Box<dyn Server>) -> String {
    let mut out = String::new();
    let mut player: Option<Player> = None;
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('|'))
        .peekable();
    while let Some(line) = lines.next() {
        let mut step = line.to_owned();
        out.push_str(line);
        out.push('\n');
        while let Some(more) = lines.next_if(|next| next.starts_with(' ')) {
            step.push_str(more);
            out.push_str(more);
            out.push('\n');
        }
        let told = match step.split_once(' ') {
            Some(("==", name)) => {
                player = Some(Player::begin(server(), name));
                Vec::new()
            }
            Some((word, rest)) if word != "#" => {
                let player = player.as_mut().expect("a scenario begins before its steps");
                player.step(word, rest)
            }
            _ => Vec::new(),
        };
        for line in told {
            out.push_str("| ");
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

struct Player {
    server: Box<dyn Server>,
    names: Names,
    /// From where on each collection is told.
    revision: String,
    /// What each object was when it was told last.
    known: BTreeMap<String, Value>,
}

impl Player {
    fn begin(mut server: Box<dyn Server>, namespace: &str) -> Self {
        let body = json!({"metadata": {"name": namespace}}).to_string();
        server.ask("POST", "/api/v1/namespaces", &body);
        server.wait(2);
        let mut player = Self {
            server,
            names: Names::default(),
            revision: String::new(),
            known: BTreeMap::new(),
        };
        player.revision = player.current_revision();
        player
    }

    fn current_revision(&mut self) -> String {
        let (_, list) = self.server.ask("GET", "/api/v1/namespaces?limit=1", "");
        text(&list["metadata"], "resourceVersion").into()
    }

    fn step(&mut self, word: &str, rest: &str) -> Vec<String> {
        match word {
            "settle" => {
                let mut words = rest.split_whitespace();
                let seconds = words.next().and_then(|seconds| seconds.parse().ok());
                self.server.wait(seconds.expect("settle says how long"));
                let told = words.flat_map(|path| self.told(path)).collect();
                self.revision = self.current_revision();
                told
            }
            "show" => rest
                .split_whitespace()
                .flat_map(|path| self.shown(path))
                .collect(),
            "name" => rest
                .split_whitespace()
                .flat_map(|path| self.named(path))
                .collect(),
            method => {
                let (path, body) = rest.split_at(rest.find(" {").unwrap_or(rest.len()));
                let path = self.names.filled(path);
                let body = self.names.filled(body.trim_start());
                let (status, answer) = self.server.ask(method, &path, &body);
                self.names.learn(&answer);
                let message = text(&answer, "message");
                vec![
                    format!("{status} {}", self.names.plain(message))
                        .trim_end()
                        .into(),
                ]
            }
        }
    }

    /// What became of the objects of a collection.
    fn told(&mut self, path: &str) -> Vec<String> {
        let events = self.server.events(path, &self.revision);
        let events: Vec<Value> = events
            .lines()
            .map(|line| serde_json::from_str(line).expect("an event is JSON"))
            .collect();
        for event in &events {
            self.names.learn(&event["object"]);
        }
        if let Some(namespace) = path.strip_suffix("/events") {
            self.read(&format!("{namespace}/pods"));
            return sentences(&events, &self.names);
        }
        let mut order = Vec::new();
        let mut stories: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in &events {
            let object = self.names.normalised(&event["object"]);
            let name = format!(
                "{} {}",
                text(&object, "kind"),
                text(&object["metadata"], "name")
            );
            let before = self.known.get(&name).cloned().unwrap_or_else(|| json!({}));
            let kind = text(event, "type");
            let line = match difference(&before, &object) {
                Some(_) if kind == "ADDED" => format!("  {kind} {object}"),
                Some(merge) => format!("  {kind} {merge}"),
                None => format!("  {kind}"),
            };
            if kind == "DELETED" {
                self.known.remove(&name);
            } else {
                self.known.insert(name.clone(), object);
            }
            if !order.contains(&name) {
                order.push(name.clone());
            }
            stories.entry(name).or_default().push(line);
        }
        order.sort();
        let lines = order.into_iter().flat_map(|name| {
            let story = stories.remove(&name).unwrap_or_default();
            std::iter::once(name).chain(story)
        });
        lines.collect()
    }

    /// The objects of a collection, or the one there is.
    fn read(&mut self, path: &str) -> Vec<Value> {
        let (_, list) = self.server.ask("GET", path, "");
        let items = list["items"]
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![list.clone()]);
        for item in &items {
            self.names.learn(item);
        }
        items
    }

    fn named(&mut self, path: &str) -> Vec<String> {
        let items = self.read(path);
        let names = items.iter().map(|item| text(&item["metadata"], "name"));
        let mut lines: Vec<_> = names.map(|name| self.names.without_numbers(name)).collect();
        lines.sort();
        lines
    }

    fn shown(&mut self, path: &str) -> Vec<String> {
        let items = self.read(path);
        let mut lines: Vec<_> = items
            .iter()
            .map(|item| self.names.normalised(item).to_string())
            .collect();
        lines.sort();
        lines
    }
}

/// What differs from run to run, and what stands for it.
#[derive(Default)]
struct Names {
    /// By what it is in this run.
    plain: BTreeMap<String, String>,
    /// By `KIND/NAME`.
    uids: BTreeMap<String, String>,
    generated: BTreeMap<String, usize>,
}

impl Names {
    fn learn(&mut self, object: &Value) {
        let meta = &object["metadata"];
        let (name, uid) = (text(meta, "name"), text(meta, "uid"));
        if uid.is_empty() {
            return;
        }
        let hash = text(&meta["labels"], "pod-template-hash");
        if !hash.is_empty() && !self.plain.contains_key(hash) {
            let number = self
                .plain
                .values()
                .filter(|one| one.starts_with("<hash"))
                .count()
                + 1;
            self.plain.insert(hash.into(), format!("<hash {number}>"));
        }
        let prefix = text(meta, "generateName");
        if !prefix.is_empty() && !self.plain.contains_key(name) {
            let beginning = self.plain(prefix);
            let count = self.generated.entry(prefix.into()).or_default();
            *count += 1;
            let plain = format!("{beginning}<{count}>");
            self.plain.insert(name.into(), plain);
        }
        let kind = text(object, "kind");
        self.uids.insert(format!("{kind}/{name}"), uid.into());
        if !self.plain.contains_key(uid) {
            let plain = format!("<uid of {}>", self.plain(name));
            self.plain.insert(uid.into(), plain);
        }
    }

    /// The text with what stands for what differs.
    fn plain(&self, text: &str) -> String {
        let mut known: Vec<_> = self.plain.iter().collect();
        known.sort_by_key(|(own, _)| std::cmp::Reverse(own.len()));
        known.iter().fold(text.to_owned(), |text, (own, plain)| {
            text.replace(*own, plain)
        })
    }

    /// The same, but of names that were generated it only tells that: which one goes first is up to uids.
    fn without_numbers(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for prefix in self.generated.keys() {
            let parts: Vec<_> = out.split(prefix.as_str()).collect();
            let mut joined = parts[0].to_owned();
            for part in &parts[1..] {
                let is_own = |letter: char| letter.is_ascii_alphanumeric();
                let rest = part.trim_start_matches(is_own);
                joined.push_str(prefix);
                if part.len() - rest.len() == GENERATED {
                    joined.push_str("<some>");
                    joined.push_str(rest);
                } else {
                    joined.push_str(part);
                }
            }
            out = joined;
        }
        self.plain(&out)
    }

    /// The text with what this run has for `{uid KIND/NAME}`.
    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (object, uid): (&String, &String)| {
            text.replace(&format!("{{uid {object}}}"), uid)
        };
        let text = self.uids.iter().fold(text.to_owned(), fill);
        let names = self.plain.iter();
        names.fold(text, |text, (own, plain)| {
            text.replace(&format!("{{{plain}}}"), own)
        })
    }

    fn normalised(&self, value: &Value) -> Value {
        const LEFT_OUT: [&str; 3] = ["managedFields", "resourceVersion", "creationTimestamp"];
        match value {
            Value::Object(fields) => {
                let kept = fields
                    .iter()
                    .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
                let fields = kept.map(|(name, value)| match name.as_str() {
                    "ca.crt" => (name.clone(), "<certificate>".into()),
                    _ => (self.plain(name), self.normalised(value)),
                });
                Value::Object(fields.collect())
            }
            Value::Array(items) => items.iter().map(|item| self.normalised(item)).collect(),
            Value::String(text) if is_moment(text) => "<time>".into(),
            Value::String(text) => self.plain(text).into(),
            other => other.clone(),
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn is_moment(text: &str) -> bool {
    text.len() >= 20 && text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok()
}

/// The merge patch from one to the other; none where they are the same.
fn difference(one: &Value, other: &Value) -> Option<Value> {
    if one == other {
        return None;
    }
    let (Value::Object(before), Value::Object(after)) = (one, other) else {
        return Some(other.clone());
    };
    let mut patch = Map::new();
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in after {
        let changed = match before.get(name) {
            Some(before) => difference(before, value),
            None => Some(value.clone()),
        };
        patch.extend(changed.map(|value| (name.clone(), value)));
    }
    Some(Value::Object(patch))
}

/// Events as they were last, in order of their texts.
fn sentences(events: &[Value], names: &Names) -> Vec<String> {
    let mut last = BTreeMap::new();
    for event in events {
        last.insert(text(&event["object"]["metadata"], "name"), &event["object"]);
    }
    let sentence = |event: &&Value| {
        let about = &event["involvedObject"];
        let line = format!(
            "{} {} {} {}/{} {}: {} (by {}, {} times)",
            text(event, "type"),
            text(event, "reason"),
            text(about, "apiVersion"),
            text(about, "kind"),
            text(about, "name"),
            text(about, "fieldPath"),
            text(event, "message"),
            text(&event["source"], "component"),
            event["count"],
        );
        names.without_numbers(&line)
    };
    let mut lines: Vec<_> = last.values().map(sentence).collect();
    lines.sort();
    lines
}
