//! Hundreds of MyApps, edited and deleted at random, while requests fail, watches drop and the API server restarts.
//!
//! `CHAOS_APPS=1000` makes so many, `CHAOS_SILENCE=60` listens for so many seconds at the end, `CHAOS_SEED=7` chooses other
//! edits and faults.

use std::{collections::BTreeMap, env, time::Duration};

use fastrand::Rng;
use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use k8s_openapi::api::{
    apps::v1::Deployment, core::v1::Namespace, policy::v1::PodDisruptionBudget,
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    runtime::watcher::{self, watcher},
};
use myapp_operator::api::v1alpha1::{MyApp, myapp::MyAppSpec};
use myop::{
    Object,
    testing::{Cluster, Cut, Fault, Faults, Request, Result, Stop},
};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

const WORKERS: usize = 4;

/// How many requests the test itself has under way.
const HANDS: usize = 8;

/// How long nothing must happen for all to be at rest.
const QUIET: Duration = Duration::from_secs(2);

/// A run that has failed ten times in a row is tried again within 5 s.
const DEADLINE: Duration = Duration::from_secs(120);

fn setting(name: &str, default: u64) -> Result<u64> {
    match env::var(name) {
        Ok(text) => Ok(text.parse()?),
        Err(_) => Ok(default),
    }
}

/// MyApps of one namespace, and what is wanted of them.
struct Apps {
    cluster: Cluster,
    namespace: &'static str,
    api: Api<MyApp>,
    wanted: BTreeMap<String, MyAppSpec>,
    random: Rng,
}

impl Apps {
    async fn of(cluster: &Cluster, namespace: &'static str, seed: u64) -> Result<Self> {
        let mut made = Namespace::default();
        made.metadata.name = Some(namespace.into());
        let namespaces: Api<Namespace> = cluster.all();
        namespaces.create(&PostParams::default(), &made).await?;
        Ok(Self {
            cluster: cluster.clone(),
            namespace,
            api: cluster.namespaced(namespace),
            wanted: BTreeMap::new(),
            random: Rng::with_seed(seed),
        })
    }

    async fn create(&mut self, count: u64) -> Result {
        for number in 0..count {
            let spec = self.spec();
            self.wanted.insert(format!("app-{number}"), spec);
        }
        let made = self.wanted.iter().map(|(name, spec)| {
            let (apps, app) = (self.api.clone(), MyApp::new(name, spec.clone()));
            async move { apps.create(&PostParams::default(), &app).await }
        });
        let mut made = stream::iter(made).buffer_unordered(HANDS);
        while made.try_next().await?.is_some() {}
        Ok(())
    }

    /// Edits two thirds of what it touches, and deletes one in twenty.
    async fn edit(&mut self, count: u64) -> Result {
        for _ in 0..count {
            let number = self.random.usize(..self.wanted.len());
            let Some(name) = self.wanted.keys().nth(number).cloned() else {
                return Ok(());
            };
            if self.random.u8(..20) == 0 {
                self.wanted.remove(&name);
                self.api.delete(&name, &DeleteParams::default()).await?;
                continue;
            }
            let spec = self.spec();
            let patch = Patch::Merge(json!({ "spec": spec }));
            self.api
                .patch(&name, &PatchParams::default(), &patch)
                .await?;
            self.wanted.insert(name, spec);
        }
        Ok(())
    }

    fn spec(&mut self) -> MyAppSpec {
        MyAppSpec {
            image: format!("busybox:{:08x}", self.random.u32(..)),
            args: Vec::new(),
            replicas: Some(self.random.i32(0..5)),
            version: None,
        }
    }

    /// What is not as it is wanted.
    async fn mismatches(&self) -> Result<Vec<String>> {
        let all = ListParams::default();
        let deployments: Api<Deployment> = self.cluster.namespaced(self.namespace);
        let budgets: Api<PodDisruptionBudget> = self.cluster.namespaced(self.namespace);
        let apps = by_name(self.api.list(&all).await?.items);
        let deployments = by_name(deployments.list(&all).await?.items);
        let budgets = by_name(budgets.list(&all).await?.items);
        let mut mismatches: Vec<_> = apps
            .keys()
            .filter(|name| !self.wanted.contains_key(*name))
            .map(|name| format!("{name} is not gone"))
            .collect();
        for (name, spec) in &self.wanted {
            let app = apps.get(name);
            let observed = app.and_then(|app| app.status.as_ref()?.observed_generation);
            if app.is_none_or(|app| app.metadata.generation != observed) {
                mismatches.push(format!("{name}: generation {observed:?} was seen last"));
            }
            if deployments.get(name).and_then(runs) != Some((spec.image.clone(), spec.replicas)) {
                mismatches.push(format!("{name}: the Deployment is another"));
            }
            if !budgets.contains_key(name) {
                mismatches.push(format!("{name}: there is no disruption budget"));
            }
        }
        Ok(mismatches)
    }

    /// Waits until nothing happens any more and all is as it is wanted; after the deadline so many may not be yet.
    async fn rest(&self, unlucky: usize) -> Result {
        let deadline = Instant::now() + DEADLINE;
        let mut changes = stream::select_all([
            changes_of::<MyApp>(&self.cluster, self.namespace),
            changes_of::<Deployment>(&self.cluster, self.namespace),
            changes_of::<PodDisruptionBudget>(&self.cluster, self.namespace),
        ]);
        loop {
            let is_quiet = timeout(QUIET, changes.next()).await.is_err();
            let is_late = Instant::now() > deadline;
            if !is_quiet && !is_late {
                continue;
            }
            let mismatches = self.mismatches().await?;
            if is_quiet && mismatches.is_empty() {
                return Ok(());
            }
            if is_late && mismatches.len() <= unlucky {
                return Ok(());
            }
            if is_late {
                return Err(format!("not at rest after {DEADLINE:?}: {mismatches:#?}").into());
            }
        }
    }

    fn is_ours(&self, request: &Request) -> bool {
        request.namespace.as_deref() == Some(self.namespace) && is_write(request)
    }
}

/// Events are for people, and go their own way.
fn is_write(request: &Request) -> bool {
    request.is_write() && request.resource != "events"
}

fn by_name<K: Object>(objects: Vec<K>) -> BTreeMap<String, K> {
    let named = objects
        .into_iter()
        .map(|object| (object.name_any(), object));
    named.collect()
}

fn runs(deployment: &Deployment) -> Option<(String, Option<i32>)> {
    let spec = deployment.spec.as_ref()?;
    let containers = &spec.template.spec.as_ref()?.containers;
    Some((containers.first()?.image.clone()?, spec.replicas))
}

fn changes_of<K: Object + kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>>(
    cluster: &Cluster,
    namespace: &str,
) -> stream::BoxStream<'static, ()> {
    let changes = watcher(
        cluster.namespaced::<K>(namespace),
        watcher::Config::default(),
    );
    changes.map(drop).boxed()
}

/// Waits until the operator watches its kinds again: after many failures that takes it some seconds, and what it has not
/// seen yet it has still to reconcile.
async fn all_watched_again(faults: &Faults) -> Result {
    let now = Instant::now();
    faults.cut_watches(Cut::Clean);
    for resource in ["myapps", "deployments", "poddisruptionbudgets"] {
        let is_open = |it: &Request| {
            let is_watch = it.verb == "watch" && it.resource == resource;
            is_watch && it.at >= now && it.ended.is_some()
        };
        faults.until_requested(1, is_open).await?;
    }
    Ok(())
}

/// Two writes of the same object under way at once are two runs for one key.
fn no_two_at_once(requests: &[Request]) {
    let mut last: BTreeMap<(&str, &str), &Request> = BTreeMap::new();
    for request in requests.iter().filter(|request| is_write(request)) {
        let key = (
            &*request.resource,
            request.name.as_deref().unwrap_or_default(),
        );
        if let Some(before) = last.insert(key, request) {
            let is_apart = before.ended.is_some_and(|ended| ended <= request.at);
            assert!(is_apart, "{before:?}, and at once {request:?}");
        }
    }
}

/// Bytes in memory, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Ends all watches every few seconds, in one way or another.
async fn drop_watches(cluster: &Cluster, seed: u64) {
    let mut random = Rng::with_seed(seed);
    let ways = [Cut::Clean, Cut::Broken, Cut::MidLine, Cut::Expired];
    loop {
        sleep(Duration::from_millis(random.u64(2_000..5_000))).await;
        let way = random.usize(..ways.len());
        cluster.faults().cut_watches(ways[way]);
    }
}

/// Creates and edits all, with a restart of the API server in between where there are faults.
async fn live(apps: &mut Apps, count: u64, restart: bool) -> Result {
    apps.create(count).await?;
    apps.edit(count).await?;
    if restart {
        apps.cluster.restart_api_server(Stop::Kill).await?;
    }
    apps.edit(count).await?;
    // Where requests fail at random, one object's may fail again and again, and its next try is half a minute away.
    apps.rest(if restart {
        usize::try_from(count / 50)?
    } else {
        0
    })
    .await
}

#[myop::test]
async fn all_converge_whatever_goes_wrong(cluster: Cluster) -> Result {
    let (count, seed) = (setting("CHAOS_APPS", 200)?, setting("CHAOS_SEED", 1)?);
    let manager = || myapp_operator::manager().max_concurrent_reconciles(WORKERS);
    let (operator, faults) = (cluster.run(manager()).await?, cluster.faults());
    let mut calm = Apps::of(&cluster, "calm", seed).await?;
    let begin = Instant::now();
    live(&mut calm, count, false).await?;
    let (calm_took, calm_writes) = (begin.elapsed(), faults.count(|it| calm.is_ours(it)));

    faults.seed(seed);
    faults.begin(Fault::answer(500).share(0.05));
    faults.begin(Fault::answer(409).share(0.05));
    let mut wild = Apps::of(&cluster, "wild", seed).await?;
    let begin = Instant::now();
    let lived = tokio::select! {
        lived = live(&mut wild, count, true) => lived,
        () = drop_watches(&cluster, seed) => Ok(()),
    };
    lived?;
    let (wild_took, wild_writes) = (begin.elapsed(), faults.count(|it| wild.is_ours(it)));
    let spoiled = faults.count(|it| it.spoiled);
    faults.heal();
    all_watched_again(&faults).await?;
    try_join(calm.rest(0), wild.rest(0)).await?;
    no_two_at_once(&faults.requests());
    let figures = format!(
        "{count} apps: {calm_writes} writes in {calm_took:.0?} without faults; \
         {wild_writes} writes in {wild_took:.0?} with {spoiled} requests that went wrong"
    );
    assert!(wild_writes <= 2 * calm_writes, "{figures}");

    let silence = Duration::from_secs(setting("CHAOS_SILENCE", 10)?);
    let (before, memory) = (faults.count(is_write), resident());
    sleep(silence).await;
    assert_eq!(faults.count(is_write), before, "writes at rest");
    let grown = memory
        .zip(resident())
        .map(|(before, now)| now.saturating_sub(before));
    assert!(
        grown.is_none_or(|grown| grown < 1 << 20),
        "{grown:?} bytes at rest"
    );
    show(&format!(
        "{figures}; at rest {memory:?} bytes, then {grown:?} more"
    ));
    operator.stop().await
}

#[expect(
    clippy::print_stderr,
    reason = "figures for people who ask for them by --nocapture"
)]
fn show(figures: &str) {
    eprintln!("{figures}");
}
