//! What the record of a run says, on a real API server.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use myop::{
    ManagerError, Write,
    record::{Effect, RunEnd, RunRecord},
    testing::{Cluster, Result},
};
use myop_tests::{
    AbsentController, Act, Script, manager,
    runs::{causes, followed},
    scripts::{create, tell},
};
use serde_json::json;

fn wrote(run: &RunRecord) -> Vec<String> {
    run.writes.iter().map(ToString::to_string).collect()
}

#[myop::test]
async fn a_run_says_why_it_ran_what_it_read_and_what_it_wrote(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let operator = cluster.run(manager).await?;
    operator.until_watched::<Script>().await?;
    let scripts: Api<Script> = cluster.namespaced("default");
    let maps: Api<ConfigMap> = cluster.namespaced("default");
    create(&scripts, "keep", Act::Keep).await?;

    let first = runs.next().await?;
    assert_eq!(causes(&first), ["Script default/keep added"]);
    assert_eq!(
        wrote(&first)[..2],
        [
            r#"finalizers .metadata.finalizers none -> "test.example.com/cleanup""#,
            "ConfigMap default/keep created",
        ]
    );
    let [.., status] = &first.writes[..] else {
        panic!("no writes")
    };
    assert_eq!(status.write, Write::Status);
    assert_eq!((first.attempt, &first.end), (1, &RunEnd::Done));
    let [read] = &first.reads[..] else {
        panic!("{:?}", first.reads)
    };
    assert_eq!((read.kind.as_str(), read.found), ("ConfigMap", 1));

    let patch = Patch::Merge(json!({"data": {"kept": "no"}}));
    maps.patch("keep", &PatchParams::default(), &patch).await?;
    let second = runs.next().await?;
    assert_eq!(
        wrote(&second),
        [r#"ConfigMap default/keep .data.kept "no" -> "yes""#],
        "its own writes called for no run in between"
    );
    assert!(matches!(second.writes[0].effect, Effect::Corrected(_)));

    tell(&scripts, "keep", Act::Fail).await?;
    let third = runs.next_that(|run| run.attempt == 3).await?;
    let unlucky = RunEnd::Failed {
        reason: "Unlucky".into(),
        message: "it may work next time".into(),
    };
    assert_eq!(third.end, unlucky);
    assert_eq!(causes(&third), ["retry"]);
    Ok(())
}

#[myop::test]
async fn what_is_written_again_and_again_is_told_by_its_field(cluster: Cluster) -> Result {
    let (manager, mut runs) = followed(manager());
    let _operator = cluster.run(manager).await?;
    create(&cluster.namespaced("default"), "wavers", Act::Waver).await?;
    // Somebody else touches it now and then: each time another value is written.
    let maps: Api<ConfigMap> = cluster.namespaced("default");
    let flaps = runs.next_that(|run| run.flapping.is_some());
    let touch = async {
        for time in 0.. {
            let patch =
                Patch::Merge(json!({"metadata": {"labels": {"touched": time.to_string()}}}));
            match maps.patch("wavers", &PatchParams::default(), &patch).await {
                Err(kube::Error::Api(status)) if !status.is_not_found() => {
                    return Err(kube::Error::Api(status));
                }
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        Ok(())
    };
    let flaps = tokio::select! {
        flaps = flaps => flaps?,
        touched = touch => return touched.map_err(Into::into),
    };
    assert_eq!(
        flaps.flapping.as_deref(),
        Some("ConfigMap default/wavers .data.time")
    );
    Ok(())
}

#[myop::test]
async fn an_operator_whose_caches_stay_empty_ends_and_says_which(cluster: Cluster) -> Result {
    let absent = manager()
        .controller::<AbsentController>()
        .cache_sync_timeout(Duration::from_secs(2));
    let shutdown = myop::CancellationToken::new();
    let ended = absent.run(cluster.client(), shutdown).await;
    let Err(error @ ManagerError::CacheSync { .. }) = ended else {
        panic!("{ended:?}")
    };
    assert_eq!(
        error.to_string(),
        "there is no list of Absent, Script after 2 s: is the CRD installed, and may the operator list and watch it? The log \
         says why"
    );
    Ok(())
}
