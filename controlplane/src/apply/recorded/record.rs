//! Records anew: `RECORD=all KUBECONFIG=… cargo test -p myop-controlplane --lib apply::recorded`, on a fresh server;
//! `RECORD=widgets` records that file only.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use http::{Method, Request, header};
use http_body_util::BodyExt;
use jiff::{SignedDuration, Timestamp};
use kube::{Client, client::Body};
use serde_json::{Map, Value, json};

use super::{START, random, scenario};

/// Plays the requests of every file on the server of the environment, and writes its answers beside them.
pub(super) async fn record(folder: &Path, which: &str) {
    let client = Client::try_default().await.unwrap();
    let mut recorder = Recorder {
        client,
        clock: Vec::new(),
    };
    recorder.establish(&super::widget()).await;
    recorder.documents(folder).await;
    let random = folder.join("random.txt");
    if !random.exists() {
        let steps = random::steps(&mut fastrand::Rng::with_seed(1), 320);
        fs::write(random, scenario::write(&steps)).unwrap();
    }
    let files = super::files(folder).into_iter();
    for file in
        files.filter(|file| which == "all" || file.file_stem().is_some_and(|name| name == which))
    {
        let mut steps = scenario::read(&fs::read_to_string(&file).unwrap());
        let mut symbols = Symbols::default();
        let mut versions = BTreeMap::new();
        recorder.clock.clear();
        for step in &mut steps {
            recorder.next_second().await;
            let object = step.parts().join("/");
            let rv = versions.get(&object).map_or("", String::as_str);
            let body = step.body.replace("$rv", rv);
            let (code, mut answer) = recorder
                .send(&step.verb, &step.path, step.agent.as_deref(), body)
                .await;
            if let Some(version) = answer
                .pointer("/metadata/resourceVersion")
                .and_then(Value::as_str)
            {
                versions.insert(object.clone(), version.to_owned());
                versions.insert(format!("{object}/status"), version.to_owned());
                if let Some(main) = object.strip_suffix("/status") {
                    versions.insert(main.to_owned(), version.to_owned());
                }
            }
            symbols.replace(&mut answer, &recorder.clock);
            step.answer = Some((code, answer));
        }
        fs::write(&file, scenario::write(&steps)).unwrap();
    }
}

struct Recorder {
    client: Client,
    /// The second of each step so far.
    clock: Vec<i64>,
}

impl Recorder {
    async fn establish(&mut self, crd: &Value) {
        let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        self.send("POST", definitions, None, crd.to_string()).await;
        let list = "/apis/apply.example.com/v1/widgets";
        while self.send("GET", list, None, String::new()).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What OpenAPI says of the built-in kinds, but for what a person reads.
    async fn documents(&self, folder: &Path) {
        let mut all = Map::new();
        for path in ["/openapi/v3/api/v1", "/openapi/v3/apis/apps/v1"] {
            let (_, document) = self.send("GET", path, None, String::new()).await;
            all.extend(
                document["components"]["schemas"]
                    .as_object()
                    .unwrap()
                    .clone(),
            );
        }
        let mut wanted: Vec<String> = super::kinds::BUILT_IN
            .map(|(.., name)| name.to_owned())
            .into();
        let mut kept = BTreeMap::new();
        while let Some(name) = wanted.pop() {
            if kept.contains_key(&name) {
                continue;
            }
            let mut schema = all[&name].clone();
            shorten(&mut schema, &mut wanted);
            kept.insert(name, schema);
        }
        let lines = kept
            .iter()
            .map(|(name, schema)| format!("{}:{schema}", json!(name)));
        let text = format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"));
        fs::write(folder.join("openapi.json"), text).unwrap();
    }

    /// Steps happen in different seconds, so that their times tell which of them it was.
    async fn next_second(&mut self) {
        loop {
            let now = self.date().await;
            if self.clock.last() != Some(&now) {
                self.clock.push(now);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn date(&self) -> i64 {
        let request = Request::get("/version").body(Body::empty()).unwrap();
        let response = self.client.send(request).await.unwrap();
        let date = response.headers()[header::DATE].to_str().unwrap();
        let date = date.replace("GMT", "+0000");
        Timestamp::strptime("%a, %d %b %Y %H:%M:%S %z", date)
            .unwrap()
            .as_second()
    }

    async fn send(
        &self,
        verb: &str,
        path: &str,
        agent: Option<&str>,
        body: String,
    ) -> (u16, Value) {
        let (method, media) = match verb {
            "APPLY" => (Method::PATCH, "application/apply-patch+yaml"),
            "MERGE" => (Method::PATCH, "application/merge-patch+json"),
            "JSON" => (Method::PATCH, "application/json-patch+json"),
            "STRATEGIC" => (Method::PATCH, "application/strategic-merge-patch+json"),
            other => (other.parse().unwrap(), "application/json"),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, media);
        if let Some(agent) = agent {
            request = request.header(header::USER_AGENT, agent);
        }
        let request = request.body(Body::from(body.into_bytes())).unwrap();
        let response = self.client.send(request).await.unwrap();
        let code = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (code, serde_json::from_slice(&bytes).unwrap())
    }
}

/// Leaves descriptions out, and notes which schemas are named.
fn shorten(schema: &mut Value, wanted: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            fields.retain(|name, value| {
                value.is_object() || !["description", "enum"].contains(&name.as_str())
            });
            for (name, value) in fields {
                match value.as_str() {
                    Some(path) if name == "$ref" => {
                        wanted.extend(path.rsplit('/').next().map(str::to_owned));
                    }
                    _ => shorten(value, wanted),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| shorten(item, wanted)),
        _ => {}
    }
}

/// What differs from server to server gets names in the order of its appearance.
#[derive(Default)]
struct Symbols {
    versions: Vec<String>,
    uids: Vec<String>,
}

impl Symbols {
    fn replace(&mut self, value: &mut Value, clock: &[i64]) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    match (key.as_str(), &mut *value) {
                        ("resourceVersion", Value::String(text)) => {
                            *text = symbol(&mut self.versions, text);
                        }
                        ("uid", Value::String(text)) if text.len() == 36 => {
                            *text = format!("uid-{}", symbol(&mut self.uids, text));
                        }
                        ("time" | "creationTimestamp", Value::String(text)) => {
                            *text = step_time(text, clock);
                        }
                        ("clusterIP", ip) if ip != "None" => *ip = "10.0.0.10".into(),
                        ("clusterIPs", ips) => *ips = vec!["10.0.0.10"].into(),
                        _ => self.replace(value, clock),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(item, clock)),
            _ => {}
        }
    }
}

fn symbol(known: &mut Vec<String>, text: &str) -> String {
    let place = known.iter().position(|one| one == text).unwrap_or_else(|| {
        known.push(text.to_owned());
        known.len() - 1
    });
    (place + 1).to_string()
}

/// The time of the step it was; what is older stays.
fn step_time(text: &str, clock: &[i64]) -> String {
    let time: Timestamp = text.parse().unwrap();
    match clock.iter().rposition(|start| *start <= time.as_second()) {
        Some(step) => (START + SignedDuration::from_secs(step.try_into().unwrap())).to_string(),
        None => text.to_owned(),
    }
}
