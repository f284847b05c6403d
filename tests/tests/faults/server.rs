//! An API server that restarts, and one that is gone.

use std::time::Duration;

use futures::future::try_join_all;
use kube::ResourceExt;
use myop::testing::{Cluster, Result, Stop};
use myop_tests::{
    Act,
    scripts::{create, observed, tell},
};
use tokio::time::{Instant, sleep_until};

use crate::stage::{Stage, no_two_at_once, requests_within};

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
