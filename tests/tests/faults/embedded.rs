//! What only the embedded API server can be told to do: to forget its history, and to let its watches lag.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, Patch, PatchParams};
use myop::testing::{Cluster, Cut, Fault, Request, Result};
use myop_tests::{Act, runs_of, scripts::create, until_run};
use serde_json::json;

use crate::stage::{Stage, is_list, is_watch, no_two_at_once};

#[myop::test(embedded)]
async fn what_is_forgotten_is_listed_again(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let lists = stage.faults.count(is_list);
    stage.faults.begin(Fault::no_connection().when(is_watch));
    stage.faults.cut_watches(Cut::Broken);
    stage.faults.until_requested(1, |it| it.spoiled).await?;
    let first = stage.config_maps.get("first").await?.metadata.uid;
    stage
        .config_maps
        .delete("first", &DeleteParams::default())
        .await?;
    stage.cluster.compact().await?;
    stage.faults.heal();

    let is_new = |found: Option<&ConfigMap>| found.is_some_and(|it| it.metadata.uid != first);
    stage
        .cluster
        .until(&stage.config_maps, "first", is_new)
        .await?;
    stage.kept("kept").await?;
    assert_eq!(stage.faults.count(is_list) - lists, 2, "one of each kind");
    Ok(())
}

/// It wants to come back after 100 ms, but what it wrote is not in the cache yet.
#[myop::test(embedded)]
async fn nothing_comes_back_before_a_cache_that_lags_tells_its_writes(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    let other = create(&stage.scripts, "other", Act::Return).await?;
    until_run(&other, 3).await?;

    let applies = |it: &Request| {
        it.is_write() && it.resource == "configmaps" && it.name.as_deref() == Some("late")
    };
    stage
        .faults
        .begin(Fault::delay(Duration::from_millis(500)).when(applies));
    let late = create(&stage.scripts, "late", Act::Return).await?;
    stage.faults.until_requested(1, applies).await?;
    stage.cluster.lag().await?;
    until_run(&late, 1).await?;
    until_run(&other, runs_of(&other).len() + 5).await?;
    assert_eq!(runs_of(&late).len(), 1);

    stage.cluster.catch_up().await?;
    until_run(&late, 2).await?;
    no_two_at_once(&[late, other]);
    Ok(())
}

/// Nothing that happened meanwhile is lost, and nothing is done twice.
#[myop::test(embedded)]
async fn what_happened_while_the_watches_lagged_is_seen_to(cluster: Cluster) -> Result {
    let stage = Stage::open(cluster).await?;
    stage.cluster.lag().await?;
    let made = create(&stage.scripts, "made", Act::Keep).await?;
    let label = Patch::Merge(json!({"metadata": {"labels": {"touched": "yes"}}}));
    stage
        .scripts
        .patch("made", &PatchParams::default(), &label)
        .await?;
    stage.cluster.compact().await?;
    let about_it = |it: &Request| it.name.as_deref() == Some("made");
    assert_eq!(stage.faults.count(about_it), 0, "it knows of nothing");

    stage.cluster.catch_up().await?;
    stage.cluster.until_ready(&stage.scripts, "made").await?;
    stage.drift_is_undone("made").await?;
    no_two_at_once(&[made]);
    Ok(())
}
