//! An operator at work, and what it asks for.

use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::{Api, ResourceExt, api::DeleteParams};
use myop::testing::{Cluster, Faults, Operator, Request, Result};
use myop_tests::{Act, Script, manager, runs_of, scripts::create};
use tokio::time::Instant;

/// An operator at work on one script.
pub(crate) struct Stage {
    pub(crate) cluster: Cluster,
    pub(crate) faults: Faults,
    pub(crate) operator: Operator,
    pub(crate) scripts: Api<Script>,
    pub(crate) config_maps: Api<ConfigMap>,
}

impl Stage {
    pub(crate) async fn open(cluster: Cluster) -> Result<Self> {
        let operator = cluster.run(manager().max_concurrent_reconciles(2)).await?;
        let stage = Self {
            faults: cluster.faults(),
            operator,
            scripts: cluster.namespaced("default"),
            config_maps: cluster.namespaced("default"),
            cluster,
        };
        stage.kept("first").await?;
        Ok(stage)
    }

    /// A new script is reconciled, and its child watched: a deletion of that is undone.
    pub(crate) async fn kept(&self, name: &str) -> Result {
        let script = create(&self.scripts, name, Act::Keep).await?;
        self.cluster.until_ready(&self.scripts, name).await?;
        self.drift_is_undone(name).await?;
        no_two_at_once(&[script]);
        Ok(())
    }

    pub(crate) async fn drift_is_undone(&self, name: &str) -> Result {
        let deleted = self.config_maps.get(name).await?.uid();
        self.config_maps
            .delete(name, &DeleteParams::default())
            .await?;
        let is_new = |found: Option<&ConfigMap>| found.is_some_and(|it| it.uid() != deleted);
        self.cluster.until(&self.config_maps, name, is_new).await?;
        Ok(())
    }

    /// How many requests like this are sent within this time.
    pub(crate) async fn count_within(
        &self,
        time: Duration,
        is_meant: impl Fn(&Request) -> bool,
    ) -> usize {
        let before = self.faults.count(&is_meant);
        tokio::time::sleep(time).await;
        self.faults.count(&is_meant) - before
    }

    /// Waits until `/readyz` says this; `None` is that all is well.
    pub(crate) async fn until_readyz(&self, words: Option<&str>, time: Duration) -> Result {
        let deadline = Instant::now() + time;
        loop {
            let said = self.operator.readyz().err();
            let is_said = match (&said, words) {
                (Some(said), Some(words)) => said.contains(words),
                (said, words) => said.as_deref() == words,
            };
            if is_said {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("/readyz says {said:?} after {time:?}").into());
            }
            // It is asked, as a kubelet asks it.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

pub(crate) fn no_two_at_once(scripts: &[Script]) {
    for script in scripts {
        let runs = runs_of(script);
        let apart = runs.windows(2).all(|pair| pair[0].ended <= pair[1].began);
        assert!(apart, "{runs:?}");
    }
}

/// The pauses of a broken watch: 0.8 s, doubling to 10 s. So many requests fit into `time`, the first at once.
pub(crate) fn requests_within(time: Duration) -> usize {
    let pauses = [0, 800, 1_600, 3_200, 6_400].into_iter();
    let pauses = pauses.chain(std::iter::repeat(10_000));
    let mut at = Duration::ZERO;
    let times = pauses.map(|pause| {
        at += Duration::from_millis(pause);
        at
    });
    times.take_while(|at| *at <= time).count()
}

pub(crate) fn is_watch(request: &Request) -> bool {
    request.verb == "watch"
}

pub(crate) fn is_list(request: &Request) -> bool {
    request.verb == "list"
}

pub(crate) const TEN: Duration = Duration::from_secs(10);
