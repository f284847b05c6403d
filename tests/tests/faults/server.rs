//! An API server that restarts, and one that is gone.

use std::time::Duration;

use futures::future::try_join_all;
use kube::ResourceExt;
use myop::testing::{Cluster, Result, Stop};
use myop_tests::{
    Act, Script,
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
        async move {
            let until_ready = async || stage.cluster.until_ready(&stage.scripts, &name).await;
            twice_as_long(until_ready).await
        }
    });
    try_join_all(ready).await?;
    for script in &scripts {
        tell(&stage.scripts, &script.name_any(), Act::Slow).await?;
    }
    stage.cluster.restart_api_server(Stop::Terminate).await?;
    let done = scripts.iter().map(|script| {
        let (stage, name) = (&stage, script.name_any());
        async move {
            let until_done = async || {
                let done = |it: Option<&Script>| observed(it) == Some(2);
                stage.cluster.until(&stage.scripts, &name, done).await
            };
            twice_as_long(until_done).await
        }
    });
    try_join_all(done).await?;
    no_two_at_once(&scripts);
    stage.kept("kept").await
}

/// After its start an API server may refuse owners of custom kinds for 40 s, as "cannot find RESTMapping": its admission asks
/// for what there is only so often. The first try after that comes when 41 s are over, and 30 s are waited for as a rule.
async fn twice_as_long<T>(wait: impl AsyncFn() -> Result<T>) -> Result<T> {
    match wait().await {
        Err(_) => wait().await,
        found => found,
    }
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
