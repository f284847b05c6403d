//! A refusal that is meant for the author.

use std::sync::Arc;

use k8s_openapi::api::{core::v1::Pod, policy::v1::PodDisruptionBudget};
use kube::{
    Api, ResourceExt,
    api::{EvictParams, Patch, PatchParams, PostParams},
};
use myop::{
    Context, Controller, Failure, Manager, Outcome, Reconcile, chain,
    testing::{Cluster, Request, Result},
};
use serde_json::json;

/// Evicts every Pod, and takes down how that went on the Pod.
#[derive(Controller)]
#[controller(
    reconciles = Pod,
    rbac(groups = [""], resources = ["pods/eviction"], verbs = ["create"]),
    rbac(groups = [""], resources = ["pods"], verbs = ["patch"]),
)]
pub(crate) struct EvictionController;

impl Reconcile for EvictionController {
    type Error = Failure;

    async fn reconcile(&self, pod: Arc<Pod>, ctx: &Context<Self>) -> Result<Outcome, Failure> {
        if pod.annotations().contains_key("refused") {
            return Ok(Outcome::done());
        }
        let failed = |error: &kube::Error| Failure::retry("EvictionFailed", chain(error));
        let pods: Api<Pod> = Api::namespaced(ctx.undeclared_client(), "default");
        let refused = match pods.evict(&pod.name_any(), &EvictParams::default()).await {
            Ok(_) => return Ok(Outcome::done()),
            Err(kube::Error::Api(status)) if status.code == 429 => status.message.clone(),
            Err(error) => return Err(failed(&error)),
        };
        let patch = json!({"metadata": {"annotations": {"refused": refused}}});
        let patch = Patch::Merge(patch);
        let patched = pods
            .patch(&pod.name_any(), &PatchParams::default(), &patch)
            .await;
        patched.map_err(|error| failed(&error))?;
        Ok(Outcome::done())
    }
}

#[myop::test]
async fn an_eviction_that_a_budget_forbids_is_told_and_not_repeated(cluster: Cluster) -> Result {
    let budgets: Api<PodDisruptionBudget> = cluster.namespaced("default");
    let pods: Api<Pod> = cluster.namespaced("default");
    let labels = json!({"app": "web"});
    let budget = json!({
        "metadata": {"name": "web"},
        "spec": {"maxUnavailable": 0, "selector": {"matchLabels": labels}},
    });
    let budget = serde_json::from_value(budget)?;
    budgets.create(&PostParams::default(), &budget).await?;
    let observed = json!({"status": {
        "observedGeneration": 1,
        "disruptionsAllowed": 0,
        "currentHealthy": 1,
        "desiredHealthy": 1,
        "expectedPods": 1,
    }});
    budgets
        .patch_status("web", &PatchParams::default(), &Patch::Merge(observed))
        .await?;
    let pod = json!({
        "metadata": {"name": "web", "labels": labels},
        "spec": {"containers": [{"name": "web", "image": "busybox"}]},
    });
    pods.create(&PostParams::default(), &serde_json::from_value(pod)?)
        .await?;
    let running = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
    pods.patch_status("web", &PatchParams::default(), &Patch::Merge(running))
        .await?;

    let manager = Manager::new("evictor", Vec::new()).controller::<EvictionController>();
    let _operator = cluster.run(manager).await?;
    let is_refused = |pod: Option<&Pod>| {
        let refused = pod.and_then(|pod| pod.annotations().get("refused"));
        refused.is_some_and(|words| words.contains("disruption budget"))
    };
    cluster.until(&pods, "web", is_refused).await?;
    let is_eviction = |it: &Request| it.resource == "pods/eviction";
    assert_eq!(cluster.faults().count(is_eviction), 1);
    Ok(())
}
