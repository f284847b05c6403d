//! What the runtime promises, on a real API server.

use std::{pin::pin, time::Duration};

use futures::TryStreamExt;
use k8s_openapi::{
    api::{core::v1::ConfigMap, events::v1::Event},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, CustomResourceExt, ResourceExt,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams},
    runtime::{WatchStreamExt, conditions::is_crd_established, wait::await_condition, watcher},
};
use myop::testing::{Cluster, Result};
use myop_tests::{
    AbsentController, Act, RivalController, Script, ScriptSpec, begun_of, manager, runs_of,
    until_begun, until_run,
};
use serde_json::json;

async fn create(scripts: &Api<Script>, name: &str, act: Act) -> Result<Script> {
    Ok(scripts
        .create(
            &PostParams::default(),
            &Script::new(name, ScriptSpec { act }),
        )
        .await?)
}

async fn tell(scripts: &Api<Script>, name: &str, act: Act) -> Result {
    let patch = Patch::Merge(json!({"spec": {"act": act}}));
    scripts.patch(name, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// A condition as its type, status and reason.
type Stated<'a> = (&'a str, &'a str, &'a str);

fn conditions(script: Option<&Script>) -> Vec<Stated<'_>> {
    let status = script.and_then(|script| script.status.as_ref());
    let conditions = status
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    conditions
        .iter()
        .map(|one| (one.type_.as_str(), one.status.as_str(), one.reason.as_str()))
        .collect()
}

fn observed(script: Option<&Script>) -> Option<i64> {
    script?.status.as_ref()?.observed_generation
}

#[myop::test]
async fn conditions_tell_what_a_reconcile_said(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let cases: [(&str, Act, &[Stated], Option<i64>); 6] = [
        (
            "keep",
            Act::Keep,
            &[("Kept", "True", "Applied"), ("Ready", "True", "Succeeded")],
            Some(1),
        ),
        (
            "wait",
            Act::Wait,
            &[
                ("Ready", "False", "Elsewhere"),
                ("Reconciling", "True", "Elsewhere"),
            ],
            Some(1),
        ),
        (
            "fail",
            Act::Fail,
            &[
                ("Ready", "False", "Unlucky"),
                ("Reconciling", "True", "Progressing"),
            ],
            None,
        ),
        (
            "panic",
            Act::Panic,
            &[
                ("Ready", "False", "Panicked"),
                ("Reconciling", "True", "Progressing"),
            ],
            None,
        ),
        (
            "give-up",
            Act::GiveUp,
            &[
                ("Ready", "False", "Hopeless"),
                ("Stalled", "True", "Hopeless"),
            ],
            Some(1),
        ),
        (
            "steal",
            Act::Steal,
            &[
                ("Ready", "False", "ApplyFailed"),
                ("Stalled", "True", "ApplyFailed"),
            ],
            Some(1),
        ),
    ];
    for (name, act, expected, generation) in cases {
        create(&scripts, name, act).await?;
        cluster
            .until(&scripts, name, |script| {
                conditions(script) == expected && observed(script) == generation
            })
            .await?;
    }
    create(&scripts, "dawdle", Act::Dawdle).await?;
    let under_way = [
        ("Ready", "Unknown", "Progressing"),
        ("Reconciling", "True", "Progressing"),
    ];
    cluster
        .until(&scripts, "dawdle", |script| conditions(script) == under_way)
        .await?;
    cluster.until_ready(&scripts, "dawdle").await?;
    // All of them, and nothing is left of what was.
    for (name, ..) in cases {
        tell(&scripts, name, Act::Slow).await?;
        let ready = [("Ready", "True", "Succeeded")];
        let generation = Some(if name == "slow" { 1 } else { 2 });
        cluster
            .until(&scripts, name, |script| {
                conditions(script) == ready && observed(script) == generation
            })
            .await?;
    }
    Ok(())
}

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

/// A write that changes nothing is answered with the version that somebody else has made: theirs must not pass for ours.
#[myop::test]
async fn a_spec_that_changes_under_a_write_without_effect_is_seen(cluster: Cluster) -> Result {
    let operator = cluster.run(manager()).await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let script = create(&scripts, "dawdles", Act::Dawdle).await?;
    cluster.until_ready(&scripts, "dawdles").await?;
    operator.stop().await?;
    // Now the status is not what the operator would write, and writing it changes nothing.
    let theirs = json!({
        "apiVersion": "test.example.com/v1", "kind": "Script", "metadata": {"name": "dawdles"},
        "status": {"conditions": [{
            "type": "Audited", "status": "True", "reason": "ByOther", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z",
        }]},
    });
    scripts
        .patch_status(
            "dawdles",
            &PatchParams::apply("auditor"),
            &Patch::Apply(theirs),
        )
        .await?;

    let begun = begun_of(&script);
    let _operator = cluster.run(manager()).await?;
    until_begun(&script, begun + 1).await?;
    tell(&scripts, "dawdles", Act::Slow).await?;
    cluster
        .until(&scripts, "dawdles", |script| observed(script) == Some(2))
        .await?;
    let audited = scripts.get("dawdles").await?;
    assert!(
        conditions(Some(&audited)).contains(&("Audited", "True", "ByOther")),
        "what others say stays"
    );
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
async fn two_controllers_that_would_keep_one_status_are_refused(cluster: Cluster) -> Result {
    let refused = cluster.run(manager().controller::<RivalController>()).await;
    let error = refused.err().ok_or("they are not refused")?.to_string();
    assert_eq!(
        error,
        "the controllers `script` and `rival` both keep the status of scripts.test.example.com; \
         let one controller reconcile it"
    );
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
