//! A scenario, played: its steps in order, and their answers as they are written in its file.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{
    Result, layout,
    learnt::{Learnt, find},
    normal::{ListVersion, Reading, normalise, normalise_event},
    scenario::{Action, Scenario, Step},
    server::{Answer, DEADLINE, Sent, Server, Stream},
    symbols::Symbols,
};

/// Between two requests of a step that waits: a server doesn't tell when it has come that far.
const PAUSE: Duration = Duration::from_millis(10);

/// Custom kinds that many scenarios use, by the name of their file.
pub(crate) type Definitions = BTreeMap<String, String>;

/// The answers of the steps as far as they could be played: the last one says why it went no further.
pub(crate) async fn play(
    scenario: &Scenario,
    server: &Server,
    definitions: &Definitions,
    now: Timestamp,
) -> Vec<String> {
    let mut player = Player {
        server,
        learnt: Learnt::default(),
        symbols: Symbols::new(now, scenario.sources()),
        watches: BTreeMap::new(),
    };
    let mut answers = Vec::new();
    if let Err(error) = player.prepare(scenario, definitions).await {
        return vec![format!("!!! the scenario can't begin: {error}")];
    }
    for step in &scenario.steps {
        match player.answer(step).await {
            Ok(answer) => answers.push(answer),
            Err(error) => {
                answers.push(format!("!!! {error}"));
                break;
            }
        }
    }
    answers
}

struct Player<'a> {
    server: &'a Server,
    learnt: Learnt,
    symbols: Symbols,
    watches: BTreeMap<String, Stream>,
}

impl Player<'_> {
    async fn prepare(&mut self, scenario: &Scenario, definitions: &Definitions) -> Result<()> {
        let namespace = scenario.own();
        let group = format!("{namespace}.example.com");
        self.learnt.learn("namespace", namespace.clone().into());
        self.learnt.learn("group", group.clone().into());
        if scenario
            .sources()
            .any(|text| text.contains("{{namespace}}"))
        {
            let body =
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}});
            self.make("/api/v1/namespaces", &body.to_string()).await?;
        }
        for name in &scenario.needs.crds {
            let text = definitions
                .get(name)
                .ok_or_else(|| format!("there is no crds/{name}.yaml"))?;
            self.install(&self.learnt.fill_in(text)?, &group).await?;
        }
        Ok(())
    }

    async fn install(&self, definition: &str, group: &str) -> Result<()> {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let made = self.make(path, definition).await?;
        let word = |path| {
            find(&made, path)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let (plural, version) = (word("spec.names.plural"), word("spec.versions.0.name"));
        let list = Sent::new("GET", &format!("/apis/{group}/{version}/{plural}"), "");
        self.ask_until(&list, |answer| answer.status == 200).await?;
        Ok(())
    }

    async fn make(&self, path: &str, body: &str) -> Result<Value> {
        let answer = self.server.ask(&Sent::new("POST", path, body)).await?;
        match answer.status {
            201 => Ok(serde_json::from_str(&answer.body)?),
            _ => Err(answer.body.into()),
        }
    }

    async fn answer(&mut self, step: &Step) -> Result<String> {
        match &step.action {
            Action::Send { method, path } => self.send(step, method, path).await,
            Action::Watch { path } => self.watch(step, path).await,
            Action::Events { watch, count } => self.events(step, watch, *count).await,
        }
    }

    async fn send(&mut self, step: &Step, method: &str, path: &str) -> Result<String> {
        let sent = self.filled_in(step, method, path)?;
        let answer = match &step.options.until {
            None => self.server.ask(&sent).await?,
            Some(condition) => {
                let holds = |answer: &Answer| {
                    let values = answer.values().unwrap_or_default();
                    condition.holds(answer.status, values.first().unwrap_or(&Value::Null))
                };
                self.ask_until(&sent, holds).await?
            }
        };
        if step.options.only_headers {
            let headers = answer.headers.iter().cloned();
            let headers = headers.map(|(name, value)| (name, value.into())).collect();
            self.learn(step, vec![Value::Object(headers)]);
            return Ok(self.print_head(&answer));
        }
        self.learn(step, answer.values().unwrap_or_default());
        if step.options.only_status {
            return Ok(format!("<<< {}", answer.status));
        }
        if step.options.only_lines {
            let lines = answer.body.lines().count();
            return Ok(format!("<<< {}\n\n{lines}", answer.status));
        }
        let only = step.options.only.iter();
        let only: Vec<_> = only
            .map(|name| self.learnt.fill_in(name))
            .collect::<Result<_>>()?;
        let list = if sent.path.contains("continue=") {
            ListVersion::Continued
        } else if sent.path.contains("Match=Exact") {
            ListVersion::Named
        } else {
            ListVersion::Latest
        };
        Ok(self.print(
            &answer,
            Reading {
                list,
                only: &only,
                unordered: step.options.unordered,
            },
        ))
    }

    async fn watch(&mut self, step: &Step, path: &str) -> Result<String> {
        let name = step.options.name.clone().ok_or("a watch has a @name")?;
        let joint = if path.contains('?') { '&' } else { '?' };
        let sent = self.filled_in(step, "GET", &format!("{path}{joint}watch=true"))?;
        let (answer, stream) = self.server.watch(&sent).await?;
        if let Some(stream) = stream {
            self.watches.insert(name, stream);
        }
        Ok(self.print(
            &answer,
            Reading {
                list: ListVersion::Latest,
                only: &[],
                unordered: false,
            },
        ))
    }

    async fn events(&mut self, step: &Step, name: &str, count: Option<usize>) -> Result<String> {
        let stream = self.watches.get_mut(name).ok_or("there is no such watch")?;
        let mut events = Vec::new();
        while count.is_none_or(|count| events.len() < count) {
            match stream.next().await? {
                Some(event) if is_passing_bookmark(&event) && !step.options.bookmarks => {}
                Some(event) => events.push(event),
                None if count.is_none() => break,
                None => return Err(format!("the watch ended after {} events", events.len()).into()),
            }
        }
        if let Some(name) = &step.options.name {
            self.learnt.learn(name, events.clone().into());
        }
        let mut text = "<<< events".to_owned();
        for event in events {
            let event = layout::print(&normalise_event(&mut self.symbols, event));
            write!(text, "\n\n{event}")?;
        }
        Ok(text)
    }

    fn filled_in(&self, step: &Step, method: &str, path: &str) -> Result<Sent> {
        let headers = step
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.learnt.fill_in(value)?)));
        Ok(Sent {
            method: method.into(),
            path: self.learnt.fill_in(path)?,
            headers: headers.collect::<Result<_>>()?,
            body: self.learnt.fill_in(&step.body)?,
            anonymous: step.options.anonymous,
        })
    }

    fn learn(&mut self, step: &Step, mut values: Vec<Value>) {
        if let Some(name) = &step.options.name {
            let answer = match values.len() {
                1 => values.remove(0),
                _ => values.into(),
            };
            self.learnt.learn(name, answer);
        }
    }

    /// Asks again until the answer is the awaited one.
    async fn ask_until(&self, sent: &Sent, awaited: impl Fn(&Answer) -> bool) -> Result<Answer> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let answer = self.server.ask(sent).await?;
            if awaited(&answer) {
                return Ok(answer);
            }
            if Instant::now() > deadline {
                let Answer { status, body, .. } = answer;
                return Err(format!("waited in vain; the last answer: {status} {body}").into());
            }
            sleep(PAUSE).await;
        }
    }

    fn print_head(&mut self, answer: &Answer) -> String {
        let mut text = format!("<<< {}", answer.status);
        for (name, value) in &answer.headers {
            write!(text, "\n{name}: {}", self.symbols.text(value)).expect("a String takes it");
        }
        text
    }

    fn print(&mut self, answer: &Answer, reading: Reading<'_>) -> String {
        let mut text = self.print_head(answer);
        let bodies = match answer.values() {
            None => vec![Value::from(answer.body.as_str())],
            Some(values) => values,
        };
        for body in bodies {
            let body = if body["type"].is_string() && body["object"].is_object() {
                normalise_event(&mut self.symbols, body)
            } else {
                normalise(&mut self.symbols, body, reading)
            };
            write!(text, "\n\n{}", layout::print(&body)).expect("a String takes it");
        }
        text
    }
}

/// Not the one that tells where the initial events end.
fn is_passing_bookmark(event: &Value) -> bool {
    let annotations = &event["object"]["metadata"]["annotations"];
    event["type"] == "BOOKMARK" && annotations["k8s.io/initial-events-end"].is_null()
}
