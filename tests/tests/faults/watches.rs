//! Watches that end, come too late, or fall silent.

use std::time::Duration;

use futures::{StreamExt, stream};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, PostParams};
use myop::testing::{Cluster, Cut, Fault, Request, Result};
use myop_tests::{Act, scripts::create};

use crate::stage::{Stage, TEN, is_list, is_watch, requests_within};

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

/// It was in no list and in no cache.
#[myop::test]
async fn a_child_made_and_deleted_while_the_watch_is_down_is_made_again(
    cluster: Cluster,
) -> Result {
    let stage = Stage::open(cluster).await?;
    let blind = |it: &Request| it.resource == "configmaps" && !it.is_write();
    stage.faults.begin(Fault::no_connection().when(blind));
    stage.faults.cut_watches(Cut::Expired);
    create(&stage.scripts, "kept", Act::Keep).await?;
    stage.cluster.until_ready(&stage.scripts, "kept").await?;
    stage
        .config_maps
        .delete("kept", &DeleteParams::default())
        .await?;
    stage.faults.heal();
    let is_there = |found: Option<&ConfigMap>| found.is_some();
    stage
        .cluster
        .until(&stage.config_maps, "kept", is_there)
        .await?;
    Ok(())
}

/// A bookmark comes every minute, so more than that is silence.
#[myop::test]
async fn a_watch_on_a_dead_connection_is_noticed(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    stage
        .faults
        .begin(Fault::no_answer().when(|it| is_watch(it) || is_list(it)));
    stage.faults.cut_watches(Cut::Silent);
    create(&stage.scripts, "unseen", Act::Keep).await?;
    stage
        .until_readyz(Some("ConfigMap"), Duration::from_secs(110))
        .await?;
    stage.faults.heal();
    // What was asked for before is never answered, and given up after 30 s.
    stage.until_readyz(None, Duration::from_secs(45)).await?;
    stage.cluster.until_ready(&stage.scripts, "unseen").await?;
    stage.kept("kept").await
}
