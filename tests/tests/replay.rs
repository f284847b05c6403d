//! A run that is played again: from one seed, operator and server ask and answer the same, byte for byte.
//!
//! Both are in this process, without sockets, and a minute of their time is over as soon as nothing is left to do in it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{body::Body as AnyBody, http};
use futures::StreamExt;
use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::Pod},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    jiff::{SignedDuration, Timestamp},
};
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    client::Body,
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use myapp_operator::api::v1alpha1::{MyApp, myapp::MyAppSpec};
use myop::{
    BoxError, CancellationToken, Clock, Manager, Rng,
    testing::{Cut, Fault, Faults, Result},
};
use myop_controlplane::{InProcess, RunningControllers, Settings};
use myop_tests::{
    Act, Script,
    scripts::{create, tell},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

#[test]
fn a_minute_is_the_same_from_the_same_seed() -> Result {
    let (first, second, other) = (play(7)?, play(7)?, play(8)?);
    assert!(first.len() > 300, "only {} lines", first.len());
    for (number, (one, again)) in first.iter().zip(&second).enumerate() {
        assert_eq!(one, again, "line {number}");
    }
    assert_eq!(first.len(), second.len());
    for path in [
        "/deployments",
        "/poddisruptionbudgets",
        "/events",
        "/myapps/one/status",
        "/pods",
    ] {
        assert!(first.iter().any(|line| line.contains(path)), "{path}");
    }
    let (uids, others) = (uids(&first), uids(&other));
    assert!(uids.len() > 5, "{uids:?}");
    assert!(uids.is_disjoint(&others), "no two seeds give the same uid");
    Ok(())
}

/// What is said in a minute, a line for each request, each answer, and each piece that a watch tells.
fn play(seed: u64) -> Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    let log = Log::default();
    runtime.block_on(run(seed, log.clone()))?;
    Ok(log.lines())
}

async fn run(seed: u64, log: Log) -> Result {
    let (began, since) = (Timestamp::from_second(1_800_000_000)?, Instant::now());
    let settings = Settings {
        enforces_owner_references: true,
        controllers: RunningControllers::Workloads,
    };
    let server = InProcess::start(seed, began, settings);
    let editor = log.over(server.client());
    install(&editor).await?;

    let faults = Faults::default();
    faults.seed(seed);
    faults.begin(Fault::answer(500).share(0.1));
    faults.begin(Fault::delay(Duration::from_millis(30)).share(0.1));
    let clock = Clock::new(move || {
        let elapsed = SignedDuration::try_from(since.elapsed()).unwrap_or_default();
        began.checked_add(elapsed).unwrap_or(began)
    });
    let shutdown = CancellationToken::new();
    let mut running = Vec::new();
    for operator in operators() {
        let operator = operator
            .clock(clock.clone())
            .rng(Rng::seeded(seed))
            .max_concurrent_reconciles(3);
        let client = log.over(faults.between(server.client()));
        running.push(tokio::spawn(operator.run(client, shutdown.clone())));
    }

    let at = |second| sleep_until(since + Duration::from_secs(second));
    at(1).await;
    let apps: Api<MyApp> = Api::namespaced(editor.clone(), "default");
    for name in ["one", "two", "three", "four"] {
        apps.create(&PostParams::default(), &app(name)?).await?;
    }
    for number in 0..8 {
        at(2 + number / 2).await;
        let name = format!("more-{number}");
        apps.create(&PostParams::default(), &app(&name)?).await?;
    }
    let scripts: Api<Script> = Api::namespaced(editor.clone(), "default");
    for (name, act) in [
        ("keep", Act::Keep),
        ("fail", Act::Fail),
        ("panic", Act::Panic),
        ("slow", Act::Slow),
    ] {
        create(&scripts, name, act).await?;
    }
    at(15).await;
    faults.cut_watches(Cut::Broken);
    edit(&apps, "one", json!({"spec": {"replicas": 5}})).await?;
    at(20).await;
    edit(
        &apps,
        "two",
        json!({"spec": {"image": "example.com/does-not-exist:1"}}),
    )
    .await?;
    at(30).await;
    let deployments: Api<Deployment> = Api::namespaced(editor.clone(), "default");
    deployments
        .delete("three", &DeleteParams::background())
        .await?;
    at(35).await;
    server.compact();
    faults.cut_watches(Cut::Expired);
    at(40).await;
    server.lag();
    edit(&apps, "three", json!({"spec": {"replicas": 1}})).await?;
    at(44).await;
    server.catch_up();
    at(50).await;
    apps.delete("four", &DeleteParams::default()).await?;
    tell(&scripts, "fail", Act::Keep).await?;
    at(60).await;

    shutdown.cancel();
    for operator in running {
        operator.await??;
    }
    let pods: Api<Pod> = Api::namespaced(editor, "default");
    pods.list(&ListParams::default()).await?;
    Ok(())
}

/// One with Deployments and budgets, and one that records events, fails and panics.
fn operators() -> [Manager; 2] {
    [myapp_operator::manager(), myop_tests::manager()]
}

async fn install(client: &Client) -> Result {
    let crds: Api<CustomResourceDefinition> = Api::all(client.clone());
    for crd in operators().iter().flat_map(Manager::crds) {
        crds.create(&PostParams::default(), crd).await?;
        await_condition(crds.clone(), &crd.name_any(), is_crd_established()).await?;
    }
    Ok(())
}

fn app(name: &str) -> Result<MyApp> {
    let spec: MyAppSpec = serde_json::from_value(json!({"image": "nginx:1", "replicas": 3}))?;
    Ok(MyApp::new(name, spec))
}

async fn edit(apps: &Api<MyApp>, name: &str, patch: Value) -> Result {
    apps.patch(name, &PatchParams::default(), &Patch::Merge(patch))
        .await?;
    Ok(())
}

/// All uids that the server gave.
fn uids(lines: &[String]) -> BTreeSet<&str> {
    let all = lines
        .iter()
        .flat_map(|line| line.split("\"uid\":\"").skip(1));
    all.filter_map(|rest| rest.split('"').next()).collect()
}

/// What was asked and answered, in its order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Adds a line, and returns its number.
    fn add(&self, line: String) -> usize {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
        lines.len()
    }

    /// A client of whose requests all is logged.
    fn over(&self, client: Client) -> Client {
        let log = self.clone();
        let service = tower::service_fn(move |request| log.clone().pass(client.clone(), request));
        Client::new(service, "default")
    }

    async fn pass(
        self,
        client: Client,
        request: http::Request<Body>,
    ) -> Result<http::Response<AnyBody>, BoxError> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(AnyBody::new(body), usize::MAX).await?;
        let number = self.add(format!(
            "{} {} {:?} {}",
            parts.method,
            parts.uri,
            parts.headers,
            String::from_utf8_lossy(&body)
        ));
        let request = http::Request::from_parts(parts, Body::from(body.to_vec()));
        let answer = client.send(request).await;
        let response = answer.inspect_err(|error| {
            self.add(format!("{number}: {error}"));
        })?;
        let (parts, body) = response.into_parts();
        self.add(format!("{number}: {} {:?}", parts.status, parts.headers));
        let pieces = AnyBody::new(body).into_data_stream().inspect(move |piece| {
            let said = piece.as_ref().map(|bytes| String::from_utf8_lossy(bytes));
            self.add(format!("{number}: {said:?}"));
        });
        Ok(http::Response::from_parts(
            parts,
            AnyBody::from_stream(pieces),
        ))
    }
}
