//! How fast an API server is: the embedded one, or the one of KUBEBUILDER_ASSETS. `tests/bench/server` runs both in turns.
//!
//! Prints a line a figure: its name, a value, its unit.

use std::{
    env, fs,
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use k8s_openapi::{
    api::core::v1::ConfigMap,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client,
    api::{
        ApiResource, DynamicObject, ListParams, ObjectMeta, PostParams, WatchEvent, WatchParams,
    },
    runtime::{conditions::is_crd_established, wait::await_condition},
};
use myop::testing::{Cluster, Needs, Result, run};
use myop_controlplane::ControlPlane;
use serde_json::{Value, json};

const CREATES: usize = 1000;
const SERVERS: usize = 100;

#[expect(clippy::print_stdout, reason = "the figures are the purpose")]
fn tell(name: &str, value: f64, unit: &str) {
    println!("{name:40} {value:10.3} {unit}");
}

fn main() -> Result {
    let begun = Instant::now();
    run(Needs::API_SERVER, |cluster| async move {
        let client = cluster.client();
        first_create(&client).await?;
        tell(
            "ready, and a first create answered",
            millis(begun.elapsed()),
            "ms",
        );
        custom_objects(&cluster).await?;
        if let Some(rss) = rss_of_children() {
            tell("resident after that, all its processes", rss, "MiB");
        }
        Ok(())
    })?;
    if env::var_os("KUBEBUILDER_ASSETS").is_none() {
        many()?;
    }
    Ok(())
}

async fn first_create(client: &Client) -> Result {
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), "default");
    let first = ConfigMap {
        metadata: ObjectMeta {
            name: Some("first".into()),
            ..ObjectMeta::default()
        },
        ..ConfigMap::default()
    };
    maps.create(&PostParams::default(), &first).await?;
    Ok(())
}

/// Creates of a kind with a schema and five rules, each told to a watch.
async fn custom_objects(cluster: &Cluster) -> Result {
    let client = cluster.client();
    install(&client).await?;
    let kind = ApiResource {
        group: "example.com".into(),
        version: "v1alpha1".into(),
        api_version: "example.com/v1alpha1".into(),
        kind: "MyApp".into(),
        plural: "myapps".into(),
    };
    let apps: Api<DynamicObject> = Api::namespaced_with(client.clone(), "default", &kind);
    let version = apps
        .list(&ListParams::default())
        .await?
        .metadata
        .resource_version;
    let events = apps
        .watch(&WatchParams::default(), &version.unwrap_or_default())
        .await?;
    let mut events = Box::pin(events);
    let parameters = PostParams {
        field_manager: Some("speed".into()),
        ..PostParams::default()
    };
    let (mut answered, mut told) = (Vec::new(), Vec::new());
    for index in 0..CREATES {
        let app: DynamicObject = serde_json::from_value(app(index))?;
        let sent = Instant::now();
        let (created, event) = tokio::join!(
            async {
                let created = apps.create(&parameters, &app).await;
                (created, sent.elapsed())
            },
            async {
                loop {
                    match events.next().await {
                        Some(Ok(WatchEvent::Added(_))) => return Ok(sent.elapsed()),
                        Some(Ok(WatchEvent::Bookmark(_))) => {}
                        other => return Err(format!("the watch tells {other:?}")),
                    }
                }
            }
        );
        created.0?;
        answered.push(created.1);
        told.push(event?);
    }
    tell_spread("create of a custom object", answered);
    tell_spread("from that request to its watch event", told);
    Ok(())
}

async fn install(client: &Client) -> Result {
    let mut definition: Value =
        serde_yaml::from_str(include_str!("../../crds/example.com_myapps.yaml"))?;
    definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["x-kubernetes-validations"] = json!([
        {"rule": "!has(self.replicas) || self.replicas <= 100"},
        {"rule": "!self.image.startsWith('http')"},
        {"rule": "!has(self.args) || self.args.all(a, a.size() < 100)"},
        {"rule": "!has(self.version) || self.version.matches('^[0-9.]+$')"},
        {"rule": "!has(self.args) || !self.args.exists(a, a == '--debug') || self.replicas == 1"},
    ]);
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let definition: CustomResourceDefinition = serde_json::from_value(definition)?;
    definitions
        .create(&PostParams::default(), &definition)
        .await?;
    await_condition(definitions, "myapps.example.com", is_crd_established()).await?;
    Ok(())
}

fn app(index: usize) -> Value {
    json!({
        "apiVersion": "example.com/v1alpha1", "kind": "MyApp",
        "metadata": {"name": format!("app-{index}"), "labels": {"a": "b"}},
        "spec": {"image": "nginx", "replicas": 3},
    })
}

/// As many servers in one process, each answering a create.
fn many() -> Result {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let begun = Instant::now();
        let started = (0..SERVERS).map(|_| async {
            let server = ControlPlane::start().await?;
            first_create(&server.client()).await?;
            Result::<_>::Ok(server)
        });
        let servers = join_all(started).await;
        let servers = servers.into_iter().collect::<Result<Vec<_>>>()?;
        tell(
            &format!("{} servers, a create on each", servers.len()),
            millis(begun.elapsed()),
            "ms",
        );
        Ok(())
    })
}

fn tell_spread(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    for (which, share) in [("p50", 0.5), ("p99", 0.99)] {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short list"
        )]
        let place = (times.len() as f64 * share) as usize;
        tell(&format!("{name}, {which}"), millis(times[place]), "ms");
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What the programs that this one started hold in memory; none where it started none.
fn rss_of_children() -> Option<f64> {
    let mut resident = 0.0;
    let mut parents = vec![std::process::id()];
    while let Some(parent) = parents.pop() {
        for process in fs::read_dir("/proc").ok()?.flatten() {
            let status = fs::read_to_string(process.path().join("status")).unwrap_or_default();
            let field = |name: &str| {
                let line = status.lines().find(|line| line.starts_with(name))?;
                line.split_whitespace().nth(1)?.parse::<u32>().ok()
            };
            if field("PPid:") == Some(parent) {
                resident += f64::from(field("VmRSS:").unwrap_or_default()) / 1024.0;
                parents.extend(field("Pid:"));
            }
        }
    }
    (resident > 0.0).then_some(resident)
}
