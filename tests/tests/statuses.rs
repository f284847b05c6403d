//! What is said of an object, on a real API server.

use kube::{
    Api,
    api::{Patch, PatchParams},
};
use myop::testing::{Cluster, Result};
use myop_tests::{
    Act, RivalController, Script, begun_of, manager,
    scripts::{Stated, conditions, create, observed, tell},
    until_begun,
};
use serde_json::json;

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
async fn two_controllers_that_would_keep_one_status_are_refused(cluster: Cluster) -> Result {
    let refused = cluster.run(manager().controller::<RivalController>()).await;
    let error = refused.err().ok_or("they are not refused")?.to_string();
    assert_eq!(
        error,
        "the controllers `script` and `rival` both keep the status of scripts.test.example.com; \
         let one of them leave it to the other: `reconciles(..., status = false)`"
    );
    Ok(())
}
