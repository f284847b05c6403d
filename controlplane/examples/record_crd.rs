//! Asks a real API server what `src/crd/recorded` has cases for, and writes its answers beside them.
//!
//! `KUBECONFIG=… cargo run -p myop-controlplane --example record_crd [FILE…]`
//!
//! A file in `objects` is a definition's schema and objects of it; one in `definitions` holds whole definitions.
//! What was refused is asked for several times: Go walks maps in random order, so that the order of its errors may
//! differ, and then the answer says `ordered: false`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};

use http::{Method, Request};
use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use serde_json::{Map, Value, json};

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const GROUP: &str = "recorded.example.com";
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server(Client::try_default().await?);
    let given: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    for file in if given.is_empty() { all()? } else { given } {
        // `y` and `no` are words here.
        let options = serde_yaml::options! { strict_booleans: true };
        let text = std::fs::read_to_string(&file)?;
        let mut cases: Value = serde_yaml::from_str_with_options(&text, options)?;
        if let Some(path) = cases["definition"].as_str() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let definition: Value =
                serde_yaml::from_str(&std::fs::read_to_string(root.join(path))?)?;
            let version = &definition["spec"]["versions"][0];
            cases["schema"] = version["schema"]["openAPIV3Schema"].clone();
            cases["subresources"] = version["subresources"].clone();
        }
        let answers = if cases.get("definitions").is_some() {
            definitions(&server, &cases).await?
        } else {
            objects(&server, &file, &cases).await?
        };
        std::fs::write(
            file.with_extension("answers.json"),
            serde_json::to_string_pretty(&answers)? + "\n",
        )?;
    }
    Ok(())
}

fn all() -> Outcome<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/crd/recorded");
    let mut files = Vec::new();
    for folder in ["objects", "definitions"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            files.push(entry?.path());
        }
    }
    files.retain(|file| file.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    Ok(files)
}

struct Server(Client);

struct Answer {
    code: u16,
    body: Value,
    warnings: Vec<String>,
}

impl Server {
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Outcome<Answer> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .body(match body {
                Some(body) => Body::from(serde_json::to_vec(body)?),
                None => Body::empty(),
            })?;
        let response = self.0.send(request).await?;
        let warnings = response.headers().get_all("warning").iter();
        let warnings = warnings
            .filter_map(|w| w.to_str().ok().map(str::to_owned))
            .collect();
        let code = response.status().as_u16();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok(Answer {
            code,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            warnings,
        })
    }

    /// Asks until the answer is as wanted.
    async fn until(&self, path: &str, wanted: impl Fn(&Answer) -> bool) -> Outcome<Answer> {
        for _ in 0..600 {
            let answer = self.ask(Method::GET, path, None).await?;
            if wanted(&answer) {
                return Ok(answer);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{path} did not become as expected").into())
    }

    async fn without(&self, path: &str) -> Outcome<()> {
        self.ask(Method::DELETE, path, None).await?;
        self.until(path, |answer| answer.code == 404).await?;
        Ok(())
    }

    /// Asks again for what is refused, to see whether the order of errors is the same each time.
    async fn recorded(&self, method: Method, path: &str, body: &Value) -> Outcome<Value> {
        let first = self.ask(method.clone(), path, Some(body)).await?;
        if first.code < 400 {
            return Ok(written(&first, true));
        }
        let mut seen = BTreeSet::from([first.body["message"].to_string()]);
        for _ in 0..8 {
            let again = self.ask(method.clone(), path, Some(body)).await?;
            seen.insert(again.body["message"].to_string());
        }
        Ok(written(&first, seen.len() == 1))
    }
}

fn written(answer: &Answer, ordered: bool) -> Value {
    let mut written = Map::new();
    written.insert("code".into(), answer.code.into());
    if !answer.warnings.is_empty() {
        written.insert("warnings".into(), answer.warnings.clone().into());
    }
    if answer.code < 400 {
        let mut object = answer.body.clone();
        if let Some(metadata) = object["metadata"].as_object_mut() {
            for key in [
                "uid",
                "resourceVersion",
                "creationTimestamp",
                "managedFields",
            ] {
                metadata.remove(key);
            }
        }
        strip_times(&mut object);
        written.insert("object".into(), object);
    } else {
        written.insert("reason".into(), answer.body["reason"].clone());
        written.insert("message".into(), answer.body["message"].clone());
        if let Some(causes) = answer.body["details"].get("causes") {
            written.insert("causes".into(), causes.clone());
        }
        if !ordered {
            written.insert("ordered".into(), false.into());
        }
    }
    written.into()
}

fn strip_times(object: &mut Value) {
    let conditions = object
        .pointer_mut("/status/conditions")
        .and_then(Value::as_array_mut);
    for condition in conditions.into_iter().flatten() {
        let told_by_the_server = [
            "Established",
            "NamesAccepted",
            "KubernetesAPIApprovalPolicyConformant",
        ];
        if told_by_the_server
            .iter()
            .any(|kind| condition["type"] == *kind)
            && let Some(condition) = condition.as_object_mut()
        {
            condition.remove("lastTransitionTime");
        }
    }
}

async fn objects(server: &Server, file: &Path, cases: &Value) -> Outcome<Value> {
    let plural = file.file_stem().and_then(|s| s.to_str()).ok_or("a name")?;
    let kind = plural[..1].to_uppercase() + &plural[1..];
    let definition_path = format!("{DEFINITIONS}/{plural}.{GROUP}");
    server.without(&definition_path).await?;
    let first = cases.get("before").unwrap_or(&cases["schema"]);
    let definition = definition(plural, &kind, cases, first);
    let created = server
        .ask(Method::POST, DEFINITIONS, Some(&definition))
        .await?;
    if created.code != 201 {
        return Err(format!("{plural}: {}", created.body["message"]).into());
    }
    server.until(&definition_path, established).await?;
    let all = cases["cases"].as_array().ok_or("cases")?;
    for case in all {
        if let Some(old) = case.get("old") {
            let case = &at_old_version(case);
            let (path, body) = (collection(case, plural), filled(old, case, &kind));
            let answer = server.ask(Method::POST, &path, Some(&body)).await?;
            if answer.code != 201 {
                return Err(
                    format!("{plural} {}: {}", case["name"], answer.body["message"]).into(),
                );
            }
            if let (Some(status), true) = (old.get("status"), has_status(cases)) {
                let mut body = answer.body;
                body["status"] = status.clone();
                let path = format!(
                    "{}/{}/status",
                    path,
                    body["metadata"]["name"].as_str().ok_or("a name")?
                );
                let answer = server.ask(Method::PUT, &path, Some(&body)).await?;
                if answer.code != 200 {
                    return Err(
                        format!("{plural} {}: {}", case["name"], answer.body["message"]).into(),
                    );
                }
            }
        }
    }
    if cases.get("before").is_some() {
        let mut body = server.ask(Method::GET, &definition_path, None).await?.body;
        body["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = cases["schema"].clone();
        let answer = server
            .ask(Method::PUT, &definition_path, Some(&body))
            .await?;
        if answer.code != 200 {
            return Err(format!("{plural}: {}", answer.body["message"]).into());
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    let mut answers = BTreeMap::new();
    for case in all {
        let name = case["name"].as_str().ok_or("a case without a name")?;
        answers.insert(name, object(server, plural, &kind, case).await?);
        release(server, plural, case).await?;
    }
    if cases["table"] == true {
        answers.insert("table", table(server, plural).await?);
    }
    server.without(&definition_path).await?;
    Ok(json!(answers))
}

/// What `kubectl get` shows: columns, and cells by the name of the object.
async fn table(server: &Server, plural: &str) -> Outcome<Value> {
    let request = Request::get(collection(&Value::Null, plural))
        .header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(Body::empty())?;
    let bytes = server
        .0
        .send(request)
        .await?
        .into_body()
        .collect()
        .await?
        .to_bytes();
    let table: Value = serde_json::from_slice(&bytes)?;
    let rows = table["rows"].as_array().ok_or("a table without rows")?;
    let rows: Map<String, Value> = rows
        .iter()
        .map(|row| {
            let name = row["object"]["metadata"]["name"]
                .as_str()
                .unwrap_or_default();
            (name.to_owned(), row["cells"].clone())
        })
        .collect();
    Ok(json!({"columnDefinitions": table["columnDefinitions"], "rows": rows}))
}

/// Finalizers would keep the definition from going.
async fn release(server: &Server, plural: &str, case: &Value) -> Outcome<()> {
    if case["object"]["metadata"]["finalizers"].is_array() {
        let name = case["name"].as_str().unwrap_or_default();
        let path = format!("{}/{name}", collection(case, plural));
        let mut stored = server.ask(Method::GET, &path, None).await?;
        if stored.code == 200 {
            stored.body["metadata"]["finalizers"] = json!([]);
            server.ask(Method::PUT, &path, Some(&stored.body)).await?;
        }
    }
    Ok(())
}

/// An object may be stored through another version than it's asked for.
fn at_old_version(case: &Value) -> Value {
    let mut case = case.clone();
    if let Some(version) = case.get("oldVersion").cloned() {
        case["version"] = version;
    }
    case
}

fn has_status(cases: &Value) -> bool {
    cases["subresources"].get("status").is_some()
}

async fn object(server: &Server, plural: &str, kind: &str, case: &Value) -> Outcome<Value> {
    let query = case["fieldValidation"]
        .as_str()
        .map(|v| format!("?fieldValidation={v}"))
        .unwrap_or_default();
    let collection = collection(case, plural);
    let Some(old) = case.get("old") else {
        let path = collection + &query;
        return server
            .recorded(Method::POST, &path, &filled(&case["object"], case, kind))
            .await;
    };
    let name = filled(old, case, kind)["metadata"]["name"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let stored = server
        .ask(Method::GET, &format!("{collection}/{name}"), None)
        .await?;
    let Some(new) = case.get("object") else {
        return Ok(written(&stored, true));
    };
    let mut body = filled(new, case, kind);
    let path = match case["subresource"].as_str() {
        Some(subresource) => format!("{collection}/{name}/{subresource}{query}"),
        None => format!("{collection}/{name}{query}"),
    };
    if case["subresource"] == "scale" {
        body = case["object"].clone();
    }
    body["metadata"]["resourceVersion"] = stored.body["metadata"]["resourceVersion"].clone();
    server.recorded(Method::PUT, &path, &body).await
}

fn collection(case: &Value, plural: &str) -> String {
    let version = case["version"].as_str().unwrap_or("v1");
    format!("/apis/{GROUP}/{version}/namespaces/default/{plural}")
}

/// The object with what each object has, but for what the case says itself.
fn filled(object: &Value, case: &Value, kind: &str) -> Value {
    let mut object = object.clone();
    if case["bare"] != true {
        let version = case["version"].as_str().unwrap_or("v1");
        let fields = object.as_object_mut().expect("objects are objects");
        fields
            .entry("apiVersion")
            .or_insert_with(|| format!("{GROUP}/{version}").into());
        fields.entry("kind").or_insert_with(|| kind.into());
        let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata
                .entry("name")
                .or_insert_with(|| case["name"].clone());
        }
    }
    object
}

fn definition(plural: &str, kind: &str, cases: &Value, schema: &Value) -> Value {
    let versions = cases.get("versions").cloned().unwrap_or_else(|| {
        let mut version = json!({"name": "v1", "served": true, "storage": true,
            "schema": {"openAPIV3Schema": schema}});
        for key in [
            "subresources",
            "additionalPrinterColumns",
            "selectableFields",
        ] {
            if let Some(value) = cases.get(key) {
                version[key] = value.clone();
            }
        }
        json!([version])
    });
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{GROUP}")},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": {"kind": kind, "plural": plural},
            "versions": versions},
    })
}

fn settled(answer: &Answer) -> bool {
    let conditions = answer.body["status"]["conditions"].as_array();
    conditions.is_some_and(|all| all.len() >= 2)
        && (established(answer)
            || conditions
                .into_iter()
                .flatten()
                .any(|c| c["type"] == "NamesAccepted" && c["status"] == "False"))
}

fn established(answer: &Answer) -> bool {
    let conditions = answer.body["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .any(|c| c["type"] == "Established" && c["status"] == "True")
}

async fn definitions(server: &Server, cases: &Value) -> Outcome<Value> {
    let all = cases["definitions"].as_array().ok_or("definitions")?;
    let mut answers = BTreeMap::new();
    for case in all {
        let name = case["name"].as_str().ok_or("a case without a name")?;
        answers.insert(name, one_definition(server, case).await?);
    }
    for case in all {
        if let Some(name) = whole(case)["metadata"]["name"].as_str() {
            server.without(&format!("{DEFINITIONS}/{name}")).await?;
        }
    }
    Ok(json!(answers))
}

/// A case says what differs from the simplest definition.
fn whole(case: &Value) -> Value {
    let kind = case["name"].as_str().unwrap_or_default().replace('-', "");
    let plural = format!("{kind}s");
    let empty = json!({"type": "object"});
    let schema = case.get("schema").unwrap_or(&empty);
    let mut definition = definition(&plural, &kind, case, schema);
    if let Some(version) = case.get("version") {
        json_patch::merge(&mut definition["spec"]["versions"][0], version);
    }
    if let Some(patch) = case.get("patch") {
        json_patch::merge(&mut definition, patch);
    }
    definition
}

async fn one_definition(server: &Server, case: &Value) -> Outcome<Value> {
    let definition = whole(case);
    let name = definition["metadata"]["name"].as_str().unwrap_or_default();
    let path = format!("{DEFINITIONS}/{name}");
    let mut answer = json!({});
    let created = server
        .recorded(Method::POST, DEFINITIONS, &definition)
        .await?;
    let good = created["code"] == 201;
    answer["create"] = created;
    if good {
        let settled = server.until(&path, settled).await?;
        answer["settled"] = written(&settled, true);
    }
    if let Some(update) = case.get("update") {
        let mut body = server.ask(Method::GET, &path, None).await?.body;
        json_patch::merge(&mut body, update);
        if let Some(schema) = case.get("newSchema") {
            body["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema.clone();
        }
        answer["update"] = server.recorded(Method::PUT, &path, &body).await?;
        if answer["update"]["code"] == 200 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let settled = server.until(&path, settled).await?;
            answer["settled"] = written(&settled, true);
        }
    }
    if good && case["keep"] != true {
        server.without(&path).await?;
    }
    Ok(answer)
}
