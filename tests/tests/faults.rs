//! The API server in trouble: the operator goes on by itself, without a storm and without a silent stall.

use std::time::Duration;

use futures::{StreamExt, future::try_join_all, stream};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, PostParams},
};
use myop::testing::{Cluster, Cut, Fault, Faults, Operator, Request, Result, Stop};
use myop_tests::{
    Act, Script, manager, runs_of,
    scripts::{create, observed, tell},
    until_run,
};
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

#[myop::test]
async fn errors_on_everything_are_survived(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    for (number, fault) in [
        Fault::answer(500),
        Fault::answer(503),
        Fault::answer(429),
        Fault::no_connection(),
        Fault::no_connection().though_done(),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("kept-{number}");
        stage.faults.begin(fault.clone());
        stage.faults.cut_watches(Cut::Broken);
        let script = create(&stage.scripts, &name, Act::Keep).await?;
        let (begin, before) = (Instant::now(), stage.faults.requests().len());
        sleep_until(begin + TEN).await;
        let requests = stage.faults.requests().split_off(before);
        let of_watches = requests.iter().filter(|it| !it.is_write()).count();
        let writes = requests.iter().filter(|it| it.is_write()).count();
        println!("{fault:?}: {of_watches} of watches, {writes} writes");
        assert!(
            of_watches <= 2 * (1 + requests_within(TEN)),
            "{fault:?}: {of_watches}"
        );
        // 5 ms, doubling: 12 runs in 10 s, of two requests each.
        assert!(writes <= 2 * 12, "{fault:?}: {writes}");
        stage.faults.heal();
        stage.cluster.until_ready(&stage.scripts, &name).await?;
        stage.drift_is_undone(&name).await?;
        no_two_at_once(&[script]);
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
            .when(|it| it.is_write())
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
    assert!(since.elapsed() >= patience - TEN, "{:?}", since.elapsed());
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
    println!("told after {:?}", since.elapsed());
    stage.faults.heal();
    stage.cluster.until_ready(&stage.scripts, "unseen").await?;
    stage.until_readyz(None, TEN).await?;
    stage.kept("kept").await
}
