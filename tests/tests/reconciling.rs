//! When and how often objects are reconciled, on a real API server.

use std::{pin::pin, time::Duration};

use futures::TryStreamExt;
use k8s_openapi::{
    api::events::v1::Event,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{DynamicObject, Patch, PatchParams, PostParams},
    runtime::{WatchStreamExt, conditions::is_crd_established, wait::await_condition, watcher},
};
use myop::testing::{Cluster, Result};
use myop_tests::{
    AbsentController, Act, Script, manager, runs_of,
    scripts::{create, observed},
    until_begun, until_run,
};
use serde_json::json;

#[myop::test]
async fn a_failing_object_backs_off_and_holds_up_no_other(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let bad = create(&scripts, "bad", Act::Panic).await?;
    for name in ["one", "two", "three"] {
        create(&scripts, name, Act::Keep).await?;
        cluster.until_ready(&scripts, name).await?;
    }
    let gives_up = create(&scripts, "gives-up", Act::GiveUp).await?;
    cluster
        .until(&scripts, "gives-up", |script| observed(script) == Some(1))
        .await?;
    create(&scripts, "four", Act::Slow).await?;
    cluster.until_ready(&scripts, "four").await?;
    assert_eq!(
        runs_of(&gives_up).len(),
        1,
        "a terminal failure is not tried again"
    );
    assert!(
        runs_of(&bad).is_empty(),
        "a run that panics does not come to its end"
    );

    let fails = create(&scripts, "fails", Act::Fail).await?;
    until_run(&fails, 6).await?;
    let begins: Vec<_> = runs_of(&fails).iter().map(|run| run.began).collect();
    let gaps: Vec<_> = begins.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (number, gap) in gaps.iter().enumerate() {
        let least = Duration::from_millis(5 << number);
        assert!(
            *gap >= least,
            "retry {number} comes after {least:?} at the earliest: {gaps:?}"
        );
    }
    Ok(())
}

#[myop::test]
async fn no_object_is_reconciled_twice_at_once(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager().max_concurrent_reconciles(4)).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let mut made = Vec::new();
    for name in ["a", "b", "c", "d"] {
        made.push(create(&scripts, name, Act::Slow).await?);
    }
    for label in ["1", "2", "3"] {
        for script in &made {
            let patch = Patch::Merge(json!({"metadata": {"labels": {"touched": label}}}));
            scripts
                .patch(&script.name_any(), &PatchParams::default(), &patch)
                .await?;
        }
    }
    for script in &made {
        cluster.until_ready(&scripts, &script.name_any()).await?;
    }
    let runs: Vec<_> = made.iter().map(runs_of).collect();
    for of_one in &runs {
        assert!(
            of_one.windows(2).all(|pair| pair[0].ended <= pair[1].began),
            "{of_one:?}"
        );
    }
    let firsts: Vec<_> = runs.iter().filter_map(|of_one| of_one.first()).collect();
    assert_eq!(firsts.len(), 4);
    let (last_began, first_ended) = (
        firsts.iter().map(|run| run.began).max(),
        firsts.iter().map(|run| run.ended).min(),
    );
    assert!(
        last_began < first_ended,
        "different objects are reconciled at once: {firsts:?}"
    );
    Ok(())
}

#[myop::test]
async fn what_is_asked_for_again_comes_again_and_writes_nothing(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let script = create(&scripts, "returns", Act::Return).await?;
    cluster.until_ready(&scripts, "returns").await?;
    let written = ["scripts", "scripts/status", "configmaps"];
    let before = (
        runs_of(&script).len(),
        cluster.write_requests(&written).await?,
    );
    until_run(&script, before.0 + 10).await?;
    assert_eq!(cluster.write_requests(&written).await?, before.1);
    let runs = runs_of(&script).split_off(before.0);
    let early = runs
        .windows(2)
        .find(|pair| pair[1].began - pair[0].ended < Duration::from_millis(100));
    assert!(early.is_none(), "{early:?}");
    Ok(())
}

/// Events have names of their own, so they are waited for by their reason.
async fn the_event(events: &Api<Event>, reason: &str) -> Result<Event> {
    let mut changes = pin!(watcher(events.clone(), watcher::Config::default()).applied_objects());
    let found = async {
        loop {
            match changes.try_next().await? {
                Some(event) if event.reason.as_deref() == Some(reason) => return Ok(event),
                Some(_) => {}
                None => return Err("the watch has ended".into()),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(30), found).await?
}

#[myop::test]
async fn events_are_recorded(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    let events: Api<Event> = cluster.namespaced("default");
    let event = the_event(&events, "Kept").await?;
    assert_eq!(event.note.as_deref(), Some("the ConfigMap is there"));
    assert_eq!(
        event.regarding.and_then(|about| about.name).as_deref(),
        Some("keep")
    );
    Ok(())
}

/// A version that allowed more made it, or the author has added a field since.
#[myop::test]
async fn an_object_that_cannot_be_read_holds_up_no_other(cluster: Cluster) -> Result {
    let mut lax = Script::crd();
    for version in &mut lax.spec.versions {
        let anything = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
        version.schema = Some(serde_json::from_value(anything)?);
    }
    let crds: Api<CustomResourceDefinition> = cluster.all();
    crds.create(&PostParams::default(), &lax).await?;
    await_condition(crds, Script::crd_name(), is_crd_established()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let unread: Api<DynamicObject> =
        Api::namespaced_with(cluster.client(), "default", &Script::api_resource());
    for (name, act) in [("a-dance", "Dance"), ("with-old-status", "Keep")] {
        let script = json!({"apiVersion": "test.example.com/v1", "kind": "Script", "metadata": {"name": name}, "spec": {"act": act}});
        unread
            .create(&PostParams::default(), &serde_json::from_value(script)?)
            .await?;
    }
    let old = Patch::Merge(json!({"status": {"conditions": [{"type": "Ready"}]}}));
    unread
        .patch_status("with-old-status", &PatchParams::default(), &old)
        .await?;

    let _operator = cluster.run(manager()).await?;
    create(&scripts, "keep", Act::Keep).await?;
    // All of them are watched as what they are: one that cannot be read would end the watch of Scripts.
    for name in ["keep", "with-old-status"] {
        let is_ready = |found: Option<&DynamicObject>| {
            let conditions =
                found.and_then(|found| found.data.pointer("/status/conditions")?.as_array());
            conditions.is_some_and(|all| {
                all.iter()
                    .any(|one| one["type"] == "Ready" && one["status"] == "True")
            })
        };
        tokio::time::timeout(
            Duration::from_secs(30),
            await_condition(unread.clone(), name, is_ready),
        )
        .await??;
    }

    let mend = Patch::Merge(json!({"spec": {"act": "Keep"}}));
    unread
        .patch("a-dance", &PatchParams::default(), &mend)
        .await?;
    cluster.until_ready(&scripts, "a-dance").await?;
    Ok(())
}

#[myop::test]
async fn a_kind_that_is_not_installed_holds_up_no_other(cluster: Cluster) -> Result {
    let _operator = cluster
        .run(manager().controller::<AbsentController>())
        .await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;
    cluster.until_ready(&scripts, "keep").await?;
    Ok(())
}

#[myop::test]
async fn a_shutdown_lets_runs_under_way_end(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let script = create(&scripts, "dawdles", Act::Dawdle).await?;
    until_begun(&script, 1).await?;
    operator.stop().await?;
    assert_eq!(runs_of(&script).len(), 1, "it has come to its end");
    let stopped = scripts.get("dawdles").await?;
    assert_eq!(
        observed(Some(&stopped)),
        Some(1),
        "and its status was written"
    );
    Ok(())
}
