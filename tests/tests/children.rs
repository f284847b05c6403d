//! What objects own, and what goes with them, on a real API server.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
};
use myop::testing::{Cluster, Result};
use myop_tests::{
    Act, Script, manager,
    scripts::{conditions, create, tell},
};
use serde_json::{Value, json};

#[myop::test]
async fn a_finalizer_holds_the_object_until_cleanup_has_succeeded(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "held", Act::Fail).await?;
    let has_finalizer =
        |script: Option<&Script>| script.is_some_and(|script| !script.finalizers().is_empty());
    cluster.until(&scripts, "held", has_finalizer).await?;

    scripts.delete("held", &DeleteParams::default()).await?;
    let held = cluster
        .until(&scripts, "held", |script| {
            conditions(script).contains(&("Ready", "False", "StillInUse"))
        })
        .await?;
    assert!(has_finalizer(held.as_ref()));

    tell(&scripts, "held", Act::Keep).await?;
    cluster
        .until(&scripts, "held", |script| script.is_none())
        .await?;
    Ok(())
}

#[myop::test]
async fn an_unwanted_child_is_deleted_and_a_stranger_is_not(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    let stranger: ConfigMap = serde_json::from_value(json!({"metadata": {"name": "stranger"}}))?;
    config_maps
        .create(&PostParams::default(), &stranger)
        .await?;

    create(&scripts, "mine", Act::Keep).await?;
    cluster.until_ready(&scripts, "mine").await?;
    assert!(config_maps.get_opt("mine").await?.is_some());
    tell(&scripts, "mine", Act::Drop).await?;
    cluster
        .until(&config_maps, "mine", |found| found.is_none())
        .await?;

    create(&scripts, "stranger", Act::Drop).await?;
    cluster.until_ready(&scripts, "stranger").await?;
    assert!(
        config_maps.get_opt("stranger").await?.is_some(),
        "it is not its child"
    );
    Ok(())
}

#[myop::test]
async fn a_child_has_one_owner(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "first", Act::Share).await?;
    cluster.until_ready(&scripts, "first").await?;
    create(&scripts, "second", Act::Share).await?;
    let refused = cluster
        .until(&scripts, "second", |script| {
            conditions(script).contains(&("Ready", "False", "ApplyFailed"))
        })
        .await?;
    let status = refused
        .and_then(|script| script.status)
        .expect("it was just seen");
    assert!(
        status.conditions[0]
            .message
            .contains("Script first controls it"),
        "{status:?}"
    );
    assert_eq!(
        cluster
            .writes_within(Duration::from_secs(2), &["configmaps"])
            .await?,
        0
    );
    cluster.until_ready(&scripts, "first").await?;
    Ok(())
}

/// Its deletion may be under way, and not be seen yet.
#[myop::test]
async fn only_who_takes_a_child_without_an_owner_is_looked_up(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let config_maps: Api<ConfigMap> = cluster.namespaced("default");
    let faults = cluster.faults();
    let lists = || faults.count(|it| it.verb == "list" && it.resource == "scripts");

    create(&scripts, "mine", Act::Keep).await?;
    cluster.until_ready(&scripts, "mine").await?;
    assert_eq!(lists(), 1, "that of the watch");
    let change = async |change: Value| {
        let (params, change) = (PatchParams::default(), Patch::Merge(change));
        config_maps.patch("mine", &params, &change).await
    };
    let is_mended = |found: Option<&ConfigMap>| {
        found.is_some_and(|found| found.data.is_some() && !found.owner_references().is_empty())
    };
    change(json!({"data": null})).await?;
    cluster.until(&config_maps, "mine", is_mended).await?;
    config_maps.delete("mine", &DeleteParams::default()).await?;
    cluster.until(&config_maps, "mine", is_mended).await?;
    assert_eq!(lists(), 1);

    change(json!({"metadata": {"ownerReferences": null}})).await?;
    cluster.until(&config_maps, "mine", is_mended).await?;
    assert_eq!(lists(), 2);
    Ok(())
}

/// In Go the reconcile that the own write wakes reads a cache without it: a cold start then sends 20 to 50 % more
/// status writes than it needs.
#[myop::test]
async fn a_cold_start_costs_three_writes_an_object(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    operator.stop().await?;
    let written = ["scripts", "scripts/status", "configmaps"];
    for number in 0..30 {
        create(&scripts, &format!("keep-{number}"), Act::Keep).await?;
    }
    let mut before = Vec::new();
    for resource in written {
        before.push(cluster.write_requests(&[resource]).await?);
    }
    let operator = cluster.run(manager().max_concurrent_reconciles(4)).await?;
    for number in 0..30 {
        cluster
            .until_ready(&scripts, &format!("keep-{number}"))
            .await?;
    }
    operator.stop().await?;
    let mut counts = Vec::new();
    for (resource, before) in written.into_iter().zip(before) {
        counts.push((
            resource,
            cluster.write_requests(&[resource]).await? - before,
        ));
    }
    assert_eq!(
        counts,
        [("scripts", 30), ("scripts/status", 30), ("configmaps", 30)],
        "finalizer, status, child"
    );
    assert_eq!(scripts.list(&ListParams::default()).await?.items.len(), 30);
    Ok(())
}
