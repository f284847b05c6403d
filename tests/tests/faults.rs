//! The API server in trouble: the operator goes on by itself, without a storm and without a silent stall.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, future::try_join_all, stream};
use k8s_openapi::api::{
    core::v1::{ConfigMap, Pod},
    policy::v1::PodDisruptionBudget,
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, EvictParams, Patch, PatchParams, PostParams},
};
use myop::{
    Context, Controller, Failure, Manager, Outcome, Reconcile, chain,
    testing::{Cluster, Cut, Fault, Faults, Operator, Request, Result, Stop},
};
use myop_tests::{
    Act, Script, manager, runs_of,
    scripts::{create, observed, tell},
    until_run,
};
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};

/// An operator at work on one script.
struct Stage {
    cluster: Cluster,
    faults: Faults,
    operator: Operator,
    scripts: Api<Script>,
    config_maps: Api<ConfigMap>,
}

impl Stage {
    async fn open(cluster: Cluster) -> Result<Self> {
        let operator = cluster.run(manager().max_concurrent_reconciles(2)).await?;
        let stage = Self {
            faults: cluster.faults(),
            operator,
            scripts: cluster.namespaced("default"),
            config_maps: cluster.namespaced("default"),
            cluster,
        };
        stage.kept("first").await?;
        Ok(stage)
    }

    /// A new script is reconciled, and its child watched: a deletion of that is undone.
    async fn kept(&self, name: &str) -> Result {
        let script = create(&self.scripts, name, Act::Keep).await?;
        self.cluster.until_ready(&self.scripts, name).await?;
        self.drift_is_undone(name).await?;
        no_two_at_once(&[script]);
        Ok(())
    }

    async fn drift_is_undone(&self, name: &str) -> Result {
        let deleted = self.config_maps.get(name).await?.uid();
        self.config_maps
            .delete(name, &DeleteParams::default())
            .await?;
        let is_new = |found: Option<&ConfigMap>| found.is_some_and(|it| it.uid() != deleted);
        self.cluster.until(&self.config_maps, name, is_new).await?;
        Ok(())
    }

    /// How many requests like this are sent within this time.
    async fn count_within(&self, time: Duration, is_meant: impl Fn(&Request) -> bool) -> usize {
        let before = self.faults.count(&is_meant);
        tokio::time::sleep(time).await;
        self.faults.count(&is_meant) - before
    }

    /// Waits until `/readyz` says this; `None` is that all is well.
    async fn until_readyz(&self, words: Option<&str>, time: Duration) -> Result {
        let deadline = Instant::now() + time;
        loop {
            let said = self.operator.readyz().err();
            let is_said = match (&said, words) {
                (Some(said), Some(words)) => said.contains(words),
                (said, words) => said.as_deref() == words,
            };
            if is_said {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("/readyz says {said:?} after {time:?}").into());
            }
            // It is asked, as a kubelet asks it.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn no_two_at_once(scripts: &[Script]) {
    for script in scripts {
        let runs = runs_of(script);
        let apart = runs.windows(2).all(|pair| pair[0].ended <= pair[1].began);
        assert!(apart, "{runs:?}");
    }
}

/// The pauses of a broken watch: 0.8 s, doubling to 10 s. So many requests fit into `time`, the first at once.
fn requests_within(time: Duration) -> usize {
    let pauses = [0, 800, 1_600, 3_200, 6_400].into_iter();
    let pauses = pauses.chain(std::iter::repeat(10_000));
    let mut at = Duration::ZERO;
    let times = pauses.map(|pause| {
        at += Duration::from_millis(pause);
        at
    });
    times.take_while(|at| *at <= time).count()
}

fn is_watch(request: &Request) -> bool {
    request.verb == "watch"
}

fn is_list(request: &Request) -> bool {
    request.verb == "list"
}

const TEN: Duration = Duration::from_secs(10);

#[myop::test]
async fn watches_that_are_cut_begin_again(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    for (number, cut) in [Cut::Clean, Cut::Broken, Cut::MidLine, Cut::Expired]
        .into_iter()
        .enumerate()
    {
        let (lists, watches) = (stage.faults.count(is_list), stage.faults.count(is_watch));
        stage.faults.cut_watches(cut);
        stage.faults.until_requested(watches + 2, is_watch).await?;
        stage.kept(&format!("kept-{number}")).await?;
        let relists = if cut == Cut::Expired { 2 } else { 0 };
        assert_eq!(stage.faults.count(is_list) - lists, relists, "{cut:?}");
    }
    assert_eq!(stage.operator.readyz(), Ok(()));
    Ok(())
}

#[myop::test]
async fn watches_that_are_always_cut_are_opened_ever_more_slowly(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let cuts = {
        let faults = stage.faults.clone();
        tokio::spawn(async move {
            loop {
                let watches = faults.count(is_watch);
                faults.cut_watches(Cut::Clean);
                let _ = faults.until_requested(watches + 1, is_watch).await;
            }
        })
    };
    let watches = stage.count_within(TEN, is_watch).await;
    assert!(
        watches <= 2 * requests_within(TEN),
        "{watches} watches in 10 s"
    );
    cuts.abort();
    stage.kept("kept").await
}

#[myop::test]
async fn what_has_expired_for_ever_is_asked_for_ever_more_slowly(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    stage
        .faults
        .begin(Fault::answer(410).when(|it| is_list(it) || is_watch(it)));
    stage.faults.cut_watches(Cut::Expired);
    let requests = stage.count_within(TEN, |it| it.spoiled).await;
    assert!(
        requests <= 2 * (1 + requests_within(TEN)),
        "{requests} requests in 10 s"
    );
    stage.faults.heal();
    stage.kept("kept").await
}

#[myop::test]
async fn a_long_list_that_expires_in_the_middle_is_read_again(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let many = stream::iter(0..600).map(|number| {
        let config_maps = stage.config_maps.clone();
        async move {
            let mut one = ConfigMap::default();
            one.metadata.name = Some(format!("stranger-{number}"));
            config_maps.create(&PostParams::default(), &one).await
        }
    });
    let made = many.buffer_unordered(16).collect::<Vec<_>>().await;
    assert!(made.iter().all(Result::is_ok));

    let expired = Fault::answer(410).verb("list").when(|it| it.continues);
    stage.faults.begin(expired);
    stage.faults.cut_watches(Cut::Expired);
    let lists = stage.count_within(TEN, |it| it.continues).await;
    assert!(
        (2..=1 + requests_within(TEN)).contains(&lists),
        "{lists} lists in 10 s"
    );
    stage
        .config_maps
        .delete("first", &DeleteParams::default())
        .await?;
    stage.faults.heal();
    let is_there = |found: Option<&ConfigMap>| found.is_some();
    stage
        .cluster
        .until(&stage.config_maps, "first", is_there)
        .await?;
    stage.kept("kept").await
}

/// Everything goes wrong for a while: first with open watches, then without.
async fn outage(cluster: Cluster, fault: Fault) -> Result {
    let stage = Stage::open(cluster).await?;
    let (begin, before) = (Instant::now(), stage.faults.requests().len());
    stage.faults.begin(fault);
    let script = create(&stage.scripts, "kept", Act::Keep).await?;
    sleep_until(begin + TEN).await;
    let writes = stage.faults.requests().split_off(before);
    let writes = writes.iter().filter(|it| it.resource != "events").count();
    // 5 ms, doubling: 11 runs in 10 s, of two requests each, the finalizer and the status.
    assert!((16..=22).contains(&writes), "{writes} writes in 10 s");

    stage.faults.cut_watches(Cut::Broken);
    let reads = |it: &Request| !it.is_write();
    let reads = stage.count_within(TEN, reads).await;
    assert!(
        (6..=2 * requests_within(TEN)).contains(&reads),
        "{reads} reads in 10 s"
    );

    stage.faults.heal();
    stage.cluster.until_ready(&stage.scripts, "kept").await?;
    stage.drift_is_undone("kept").await?;
    no_two_at_once(&[script]);
    Ok(())
}

#[myop::test]
async fn every_answer_is_500(cluster: Cluster) -> Result {
    outage(cluster, Fault::answer(500)).await
}

#[myop::test]
async fn every_answer_is_503(cluster: Cluster) -> Result {
    outage(cluster, Fault::answer(503)).await
}

#[myop::test]
async fn every_answer_is_429(cluster: Cluster) -> Result {
    outage(cluster, Fault::answer(429)).await
}

#[myop::test]
async fn there_is_no_connection(cluster: Cluster) -> Result {
    outage(cluster, Fault::no_connection()).await
}

/// What was written and not answered is written again, which changes nothing.
#[myop::test]
async fn lost_answers_are_asked_for_again(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let lost = Fault::no_connection().though_done();
    let lost = lost.when(|it| it.is_write() && it.resource != "events");
    for times in [1, 2, 3, 8] {
        let before = stage.faults.count(|it| it.spoiled);
        stage.faults.begin(lost.clone().times(times));
        stage.kept(&format!("kept-{times}")).await?;
        assert_eq!(stage.faults.count(|it| it.spoiled) - before, times);
    }
    assert_eq!(stage.operator.readyz(), Ok(()));
    Ok(())
}

/// 429 with a time to come back is no failure: nothing is said of it, and it is not tried before.
#[myop::test]
async fn a_busy_api_server_is_asked_again_when_it_wants_to(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let second = Duration::from_secs(1);
    for resource in ["scripts", "configmaps", "scripts/status"] {
        let busy = Fault::throttle(second).verb("patch").resource(resource);
        stage.faults.begin(busy.times(2));
    }
    for verb in ["watch", "list"] {
        stage
            .faults
            .begin(Fault::throttle(second).verb(verb).times(2));
    }
    stage.faults.cut_watches(Cut::Expired);
    stage.kept("kept").await?;
    let requests = stage.faults.requests();
    assert_eq!(requests.iter().filter(|it| it.spoiled).count(), 10);
    for (number, spoiled) in requests.iter().enumerate().filter(|(_, it)| it.spoiled) {
        let mut later = requests[number + 1..].iter();
        let same = |it: &&Request| (it.verb, &it.resource) == (spoiled.verb, &spoiled.resource);
        let next = later.find(same).ok_or("it was not repeated")?;
        assert!(next.at - spoiled.at >= second, "{spoiled:?}, then {next:?}");
    }
    Ok(())
}

#[myop::test]
async fn conflicts_are_tried_again(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    for (number, resource) in ["configmaps", "scripts/status", "scripts"]
        .into_iter()
        .enumerate()
    {
        let conflicts = Fault::answer(409)
            .when(Request::is_write)
            .resource(resource);
        stage.faults.begin(conflicts.clone().times(3));
        let name = format!("kept-{number}");
        stage.kept(&name).await?;
        assert_eq!(stage.faults.count(|it| it.spoiled), 3 * (2 * number + 1));

        // Also what is deleted: the child, and the object with its finalizer.
        stage.faults.begin(conflicts.times(3));
        if resource == "configmaps" {
            tell(&stage.scripts, &name, Act::Drop).await?;
            let is_gone = |found: Option<&ConfigMap>| found.is_none();
            stage
                .cluster
                .until(&stage.config_maps, &name, is_gone)
                .await?;
            stage.cluster.until_ready(&stage.scripts, &name).await?;
        } else {
            tell(&stage.scripts, &name, Act::Slow).await?;
            stage
                .cluster
                .until(&stage.scripts, &name, |it| observed(it) == Some(2))
                .await?;
            stage
                .scripts
                .delete(&name, &DeleteParams::default())
                .await?;
            stage
                .cluster
                .until(&stage.scripts, &name, |it| it.is_none())
                .await?;
        }
        assert_eq!(
            stage.faults.count(|it| it.spoiled),
            3 * (2 * number + 2),
            "{resource}"
        );
    }
    Ok(())
}

/// A worker is lost to the object whose request is not answered, and no other.
#[myop::test]
async fn a_request_without_an_answer_holds_up_no_other_object(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let stuck = |it: &Request| it.is_write() && it.name.as_deref() == Some("stuck");
    stage.faults.begin(Fault::no_answer().when(stuck).times(1));
    let script = create(&stage.scripts, "stuck", Act::Keep).await?;
    stage.faults.until_requested(1, |it| it.spoiled).await?;
    let since = Instant::now();
    stage.kept("other").await?;
    let patience = Duration::from_secs(60);
    timeout(patience + TEN, until_first_run(&stage, &script)).await??;
    assert!(since.elapsed() + TEN >= patience, "{:?}", since.elapsed());
    Ok(())
}

async fn until_first_run(stage: &Stage, script: &Script) -> Result {
    while until_run(script, 1).await.is_err() {}
    stage
        .cluster
        .until_ready(&stage.scripts, &script.name_any())
        .await?;
    Ok(())
}

#[myop::test]
async fn a_slow_api_server_is_waited_for(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    stage.faults.begin(Fault::delay(Duration::from_secs(2)));
    stage.faults.cut_watches(Cut::Broken);
    let before = stage.faults.requests().len();
    create(&stage.scripts, "slow", Act::Keep).await?;
    stage.cluster.until_ready(&stage.scripts, "slow").await?;
    let mut requests = stage.faults.requests().split_off(before);
    // Events are for people, and go their own way.
    requests.retain(|it| it.is_write() && it.resource != "events");
    let writes: Vec<_> = requests.iter().map(|it| &*it.resource).collect();
    assert_eq!(
        writes,
        ["scripts", "configmaps", "scripts/status", "scripts/status"],
        "finalizer, child, that it takes long, status"
    );
    stage.faults.heal();
    stage.kept("kept").await
}

#[myop::test]
async fn an_api_server_that_is_killed_at_work_loses_no_object(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let mut scripts = Vec::new();
    for number in 0..50 {
        scripts.push(create(&stage.scripts, &format!("one-{number}"), Act::Keep).await?);
    }
    stage.cluster.restart_api_server(Stop::Kill).await?;
    let ready = scripts.iter().map(|script| {
        let (stage, name) = (&stage, script.name_any());
        async move { stage.cluster.until_ready(&stage.scripts, &name).await }
    });
    try_join_all(ready).await?;
    for script in &scripts {
        tell(&stage.scripts, &script.name_any(), Act::Slow).await?;
    }
    stage.cluster.restart_api_server(Stop::Terminate).await?;
    let done = scripts.iter().map(|script| {
        let (stage, name) = (&stage, script.name_any());
        async move {
            stage
                .cluster
                .until(&stage.scripts, &name, |it| observed(it) == Some(2))
                .await
        }
    });
    try_join_all(done).await?;
    no_two_at_once(&scripts);
    stage.kept("kept").await
}

#[myop::test]
async fn an_api_server_that_is_gone_is_told_and_waited_for(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let gone = Duration::from_secs(35);
    let before = stage.faults.requests().len();
    stage.cluster.stop_api_server(Stop::Kill).await?;
    let since = Instant::now();
    stage.until_readyz(Some("ConfigMap"), gone).await?;
    assert!(
        since.elapsed() > Duration::from_secs(25),
        "{:?}",
        since.elapsed()
    );
    sleep_until(since + gone).await;
    stage.cluster.start_api_server().await?;
    let requests = stage.faults.requests().len() - before;
    assert!(
        requests <= 2 * (1 + requests_within(since.elapsed())),
        "{requests}"
    );
    stage.until_readyz(None, Duration::from_secs(15)).await?;
    stage.kept("kept").await
}

/// A bookmark comes every minute, so more than that is silence.
#[myop::test]
async fn a_watch_on_a_dead_connection_is_noticed(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    stage
        .faults
        .begin(Fault::no_answer().when(|it| is_watch(it) || is_list(it)));
    stage.faults.cut_watches(Cut::Silent);
    let since = Instant::now();
    create(&stage.scripts, "unseen", Act::Keep).await?;
    stage
        .until_readyz(Some("ConfigMap"), Duration::from_secs(110))
        .await?;
    stage.faults.heal();
    stage.cluster.until_ready(&stage.scripts, "unseen").await?;
    stage.until_readyz(None, TEN).await?;
    stage.kept("kept").await
}

/// Evicts every Pod, and takes down how that went on the Pod.
#[derive(Controller)]
#[controller(
    reconciles = Pod,
    rbac(groups = [""], resources = ["pods/eviction"], verbs = ["create"]),
    rbac(groups = [""], resources = ["pods"], verbs = ["patch"]),
)]
pub struct EvictionController;

impl Reconcile for EvictionController {
    type Error = Failure;

    async fn reconcile(&self, pod: Arc<Pod>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        if pod.annotations().contains_key("refused") {
            return Ok(Outcome::done());
        }
        let failed = |error: &kube::Error| Failure::retry("EvictionFailed", chain(error));
        let pods: Api<Pod> = Api::namespaced(ctx.undeclared_client(), "default");
        let refused = match pods.evict(&pod.name_any(), &EvictParams::default()).await {
            Ok(_) => return Ok(Outcome::done()),
            Err(kube::Error::Api(status)) if status.code == 429 => status.message.clone(),
            Err(error) => return Err(failed(&error)),
        };
        let patch = json!({"metadata": {"annotations": {"refused": refused}}});
        let patch = Patch::Merge(patch);
        let patched = pods
            .patch(&pod.name_any(), &PatchParams::default(), &patch)
            .await;
        patched.map_err(|error| failed(&error))?;
        Ok(Outcome::done())
    }
}

#[myop::test]
async fn an_eviction_that_a_budget_forbids_is_told_and_not_repeated(cluster: Cluster) -> Result {
    let budgets: Api<PodDisruptionBudget> = cluster.namespaced("default");
    let pods: Api<Pod> = cluster.namespaced("default");
    let labels = json!({"app": "web"});
    let budget = json!({
        "metadata": {"name": "web"},
        "spec": {"maxUnavailable": 0, "selector": {"matchLabels": labels}},
    });
    let budget = serde_json::from_value(budget)?;
    budgets.create(&PostParams::default(), &budget).await?;
    let observed = json!({"status": {
        "observedGeneration": 1,
        "disruptionsAllowed": 0,
        "currentHealthy": 1,
        "desiredHealthy": 1,
        "expectedPods": 1,
    }});
    budgets
        .patch_status("web", &PatchParams::default(), &Patch::Merge(observed))
        .await?;
    let pod = json!({
        "metadata": {"name": "web", "labels": labels},
        "spec": {"containers": [{"name": "web", "image": "busybox"}]},
    });
    pods.create(&PostParams::default(), &serde_json::from_value(pod)?)
        .await?;
    let running = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
    pods.patch_status("web", &PatchParams::default(), &Patch::Merge(running))
        .await?;

    let manager = Manager::new("evictor", Vec::new()).controller::<EvictionController>();
    let _operator = cluster.run(manager).await?;
    let is_refused = |pod: Option<&Pod>| {
        let refused = pod.and_then(|pod| pod.annotations().get("refused"));
        refused.is_some_and(|words| words.contains("disruption budget"))
    };
    cluster.until(&pods, "web", is_refused).await?;
    let is_eviction = |it: &Request| it.resource == "pods/eviction";
    assert_eq!(cluster.faults().count(is_eviction), 1);
    Ok(())
}
