//! What a disruption budget holds back, and what it does not.

use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Client, Config, ResourceExt,
    api::{DeleteParams, EvictParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use myapp_operator::manager;
use myop::testing::{Cluster, Result};
use serde_json::json;

use crate::apps::{Apps, merge};

/// Pods as `kubectl drain` sees them: what is refused is not asked for again.
async fn pods_to_drain(cluster: &Cluster) -> Result<Api<Pod>> {
    let kubeconfig = cluster
        .kubeconfig()
        .ok_or("needs a control plane of its own")?;
    let kubeconfig = Kubeconfig::read_from(kubeconfig)?;
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
    config.default_retry = false;
    Ok(Api::namespaced(Client::try_from(config)?, "default"))
}

/// The code that the API server answers to an eviction.
async fn evict(pods: &Api<Pod>, pod: &Pod) -> Result<u16> {
    match pods.evict(&pod.name_any(), &EvictParams::default()).await {
        Ok(_) => Ok(201),
        Err(kube::Error::Api(status)) => Ok(status.code),
        Err(error) => Err(error.into()),
    }
}

#[myop::test(controllers)]
async fn evictions_heed_a_budget_and_deletions_and_rollouts_do_not(cluster: Cluster) -> Result {
    let _operator = cluster.run(manager()).await?;
    let apps = Apps::of(&cluster);
    let to_drain = pods_to_drain(&cluster).await?;
    apps.create_running(&cluster, "shop", 3).await?;
    apps.until_budgeted(&cluster, "shop", (3, 3, 1)).await?;

    // A drain of two nodes: the first pod goes, the next one has to wait.
    let pods = apps.pods().await?;
    assert_eq!(evict(&to_drain, &pods[0]).await?, 201);
    apps.until_budgeted(&cluster, "shop", (2, 3, 0)).await?;
    assert_eq!(evict(&to_drain, &pods[1]).await?, 429);

    // The pod in place of the first one is not ready yet: it may always be evicted.
    let known = |pod: &Pod| pods.iter().any(|one| one.uid() == pod.uid());
    let fresh = apps.pods().await?.into_iter().find(|pod| !known(pod));
    assert_eq!(evict(&to_drain, &fresh.ok_or("there is none")?).await?, 201);

    // Whoever deletes a pod asks no budget.
    let name = pods[1].name_any();
    apps.pods.delete(&name, &DeleteParams::default()).await?;
    apps.until_budgeted(&cluster, "shop", (1, 3, 0)).await?;

    // A rollout that may stop all pods at once does.
    assert_eq!(evict(&to_drain, &pods[2]).await?, 429);
    let recreate = json!({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}}});
    merge(&apps.deployments, "shop", recreate).await?;
    merge(&apps.api, "shop", json!({"spec": {"image": "nginx"}})).await?;
    apps.until_budgeted(&cluster, "shop", (0, 3, 0)).await?;
    Ok(())
}
