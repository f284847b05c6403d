//! Answers that are errors, come late, or never come.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{ResourceExt, api::DeleteParams};
use myop::testing::{Cluster, Cut, Fault, Request, Result};
use myop_tests::{
    Act, Script,
    scripts::{create, observed, tell},
    until_run,
};
use tokio::time::{Instant, sleep_until, timeout};

use crate::stage::{Stage, TEN, no_two_at_once, requests_within};

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
