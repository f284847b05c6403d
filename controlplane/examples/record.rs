//! Records what a real API server answers, for the tests of `auth` and `table`:
//!
//! `cargo run -p myop-controlplane --example record -- KUBECONFIG FILE...` plays the requests in each file again and
//! writes their answers; `… -- KUBECONFIG --bootstrap FILE` writes the roles and bindings that a fresh server has; `… -- --columns
//! RECORDED FILE` takes the columns from recorded tables.
//! The kubeconfig names files for its certificates. The server's controller manager must run, and curl must be there.

use std::{collections::BTreeMap, error::Error, fs, process::Command};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

#[path = "../src/auth/recorded.rs"]
mod recorded;

use recorded::Step;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if_eq("--columns").is_some() {
        let recorded = arguments.next().ok_or("which recorded tables?")?;
        let file = arguments.next().ok_or("where to?")?;
        return Ok(fs::write(file, columns(&fs::read_to_string(recorded)?)?)?);
    }
    let server = Server::of(&arguments.next().ok_or("which kubeconfig?")?)?;
    let mut files: Vec<String> = arguments.collect();
    if files.first().is_some_and(|first| first == "--bootstrap") {
        return Ok(fs::write(files.remove(1), server.bootstrap()?)?);
    }
    for file in files {
        let text = fs::read_to_string(&file)?;
        let mut tokens = BTreeMap::new();
        let blocks: Outcome<Vec<_>> = recorded::steps(&text)
            .iter()
            .map(|step| server.block(step, &mut tokens))
            .collect();
        fs::write(&file, blocks?.join("\n\n") + "\n")?;
    }
    Ok(())
}

struct Server {
    url: String,
    authority: String,
    certificate: String,
    key: String,
}

impl Server {
    fn of(kubeconfig: &str) -> Outcome<Self> {
        let text = fs::read_to_string(kubeconfig)?;
        let after = |name: &str| -> Outcome<String> {
            let (_, rest) = text.split_once(name).ok_or(name)?;
            let value = rest.trim_start_matches([':', ' ', '"']);
            let end = value.find([',', '"', '}', '\n']).unwrap_or(value.len());
            Ok(value[..end].to_owned())
        };
        Ok(Self {
            url: after("server:")?,
            authority: after("certificate-authority:")?,
            certificate: after("client-certificate:")?,
            key: after("client-key:")?,
        })
    }

    /// Plays a step, and writes it as a block.
    fn block(&self, step: &Step, tokens: &mut BTreeMap<String, String>) -> Outcome<String> {
        let mut lines = step.comments.clone();
        if step.method.is_empty() {
            return Ok(lines.join("\n"));
        }
        lines.push(step.line.clone());
        lines.extend(step.body.clone());
        let (status, answer) = self.answer(step, tokens)?;
        lines.push(format!("-> {status}"));
        if !answer.is_empty() {
            lines.push(answer);
        }
        Ok(lines.join("\n"))
    }

    fn answer(
        &self,
        step: &Step,
        tokens: &mut BTreeMap<String, String>,
    ) -> Outcome<(String, String)> {
        let mut step = step.clone();
        for text in [&mut step.body, &mut step.bearer].into_iter().flatten() {
            for (name, token) in tokens.iter() {
                *text = text.replace(&format!("${name}"), token);
            }
        }
        if let Some(account) = step
            .token
            .as_ref()
            .filter(|account| !tokens.contains_key(*account))
        {
            tokens.insert(account.clone(), self.token(account)?);
        }
        let of_account = step.token.as_ref().and_then(|account| tokens.get(account));
        let bearer = of_account.cloned().or(step.bearer.clone());
        let (code, at, body) = self.ask(&step, bearer.as_deref())?;
        if let Some(name) = &step.keep {
            let answer: Value = serde_json::from_str(&body)?;
            let token = answer["status"]["token"].as_str().ok_or("no token")?;
            tokens.insert(name.clone(), token.to_owned());
        }
        let body = if step.brief && code.starts_with('2') {
            String::new()
        } else {
            shown(&body)
        };
        Ok((format!("{code} {at}"), body))
    }

    fn token(&self, account: &str) -> Outcome<String> {
        let (namespace, name) = account.split_once('/').ok_or("NAMESPACE/NAME")?;
        let step = Step {
            method: "POST".into(),
            path: format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"),
            body: Some("{}".into()),
            ..Step::default()
        };
        let (_, _, body) = self.ask(&step, None)?;
        let answer: Value = serde_json::from_str(&body)?;
        Ok(answer["status"]["token"]
            .as_str()
            .ok_or(body.as_str())?
            .to_owned())
    }

    /// Status, time and body.
    fn ask(&self, step: &Step, bearer: Option<&str>) -> Outcome<(String, String, String)> {
        // By HTTP/2 the server says 401 and hangs up, which may cost the answer its body.
        let mut curl = Command::new("curl");
        curl.args([
            "-sS",
            "--http1.1",
            "--globoff",
            "--path-as-is",
            "-i",
            "-X",
            &step.method,
        ]);
        curl.args(["--cacert", &self.authority]);
        match bearer {
            Some(token) => curl.args(["-H", &format!("Authorization: Bearer {token}")]),
            None => curl.args(["--cert", &self.certificate, "--key", &self.key]),
        };
        if let Some(body) = &step.body {
            curl.args(["--data-binary", body]);
            if !step.headers.iter().any(|(name, _)| name == "Content-Type") {
                curl.args(["-H", "Content-Type: application/json"]);
            }
        }
        for (name, value) in &step.headers {
            curl.args(["-H", &format!("{name}: {value}")]);
        }
        let output = curl.arg(format!("{}{}", self.url, step.path)).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let (head, body) = text.split_once("\r\n\r\n").ok_or("no answer")?;
        let code = head.split(' ').nth(1).ok_or("no status")?;
        let date = head
            .lines()
            .find_map(|line| {
                line.to_lowercase()
                    .starts_with("date: ")
                    .then(|| &line[6..])
            })
            .ok_or("no date")?;
        Ok((code.to_owned(), rfc3339(date)?, body.to_owned()))
    }

    /// One object a line, without what differs from server to server.
    fn bootstrap(&self) -> Outcome<String> {
        let mut lines = Vec::new();
        for kind in ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"] {
            let step = Step {
                method: "GET".into(),
                path: format!(
                    "/apis/rbac.authorization.k8s.io/v1/{}s",
                    kind.to_lowercase()
                ),
                ..Step::default()
            };
            let list: Value = serde_json::from_str(&self.ask(&step, None)?.2)?;
            for item in list["items"].as_array().ok_or("no items")? {
                let mut object = without_noise(item.clone());
                let metadata = object["metadata"].as_object_mut().ok_or("no metadata")?;
                for of_this_server in ["creationTimestamp", "resourceVersion", "uid"] {
                    metadata.remove(of_this_server);
                }
                object["kind"] = kind.into();
                object["apiVersion"] = json!("rbac.authorization.k8s.io/v1");
                let text = |field: &str| item["metadata"][field].as_str().unwrap_or_default();
                lines.push(format!(
                    "{kind} {}/{} {object}",
                    text("namespace"),
                    text("name")
                ));
            }
        }
        Ok(lines.join("\n") + "\n")
    }
}

/// A line for each kind of which an answer and its table were recorded.
fn columns(text: &str) -> Outcome<String> {
    let steps = recorded::steps(text);
    let mut columns = BTreeMap::new();
    for pair in steps.windows(2) {
        let (plain, table) = (&pair[0].answer, &pair[1].answer);
        if plain["kind"] == "Table" || table["kind"] != "Table" {
            continue;
        }
        let definitions = &table["columnDefinitions"];
        let version = plain["apiVersion"].as_str().ok_or("no version")?;
        let group = version.split_once('/').map_or("", |(group, _)| group);
        let kind = plain["kind"].as_str().ok_or("no kind")?;
        let key = if definitions[1]["name"] == "Created At" {
            "/".to_owned()
        } else if kind.starts_with("Foo") {
            "custom/".to_owned()
        } else {
            format!("{group}/{}", kind.trim_end_matches("List"))
        };
        columns.insert(key, definitions.to_string());
    }
    let lines = columns
        .iter()
        .map(|(key, columns)| format!("{key} {columns}\n"));
    Ok(lines.collect())
}

/// `Mon, 23 Nov 2026 10:47:25 GMT` in RFC 3339.
fn rfc3339(date: &str) -> Outcome<String> {
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let words: Vec<_> = date.split_whitespace().collect();
    let [_, day, month, year, time, _] = words.as_slice() else {
        return Err(date.into());
    };
    let month = months.find(month).ok_or("no month")? / 3 + 1;
    Ok(format!("{year}-{month:02}-{day}T{time}Z"))
}

/// On one line; the events of a watch as a list.
fn shown(body: &str) -> String {
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        return without_noise(value).to_string();
    }
    let events: Result<Vec<Value>, _> = body.lines().map(serde_json::from_str).collect();
    match events {
        Ok(events) if !events.is_empty() => without_noise(events.into()).to_string(),
        _ => body.trim_end().replace('\n', "\\n"),
    }
}

/// Without what no test looks at, and without what lets one in.
fn without_noise(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.remove("managedFields");
            for (_, field) in fields.iter_mut() {
                *field = without_noise(field.take());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = without_noise(item.take());
            }
        }
        Value::String(text) => {
            if let Some(shown) = shown_token(text) {
                *text = shown;
            }
        }
        _ => {}
    }
    value
}

/// Header and claims of a JSON web token, without its signature.
fn shown_token(text: &str) -> Option<String> {
    let parts: Vec<_> = text.split('.').collect();
    let [header, claims, _signature] = parts.as_slice() else {
        return None;
    };
    let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    header
        .starts_with("eyJ")
        .then(|| Some(format!("{}.{}", read(header)?, read(claims)?)))?
}
