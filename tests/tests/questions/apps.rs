//! MyApps as the tests handle them: what a kubelet would say of their pods, a test says.

use k8s_openapi::api::{apps::v1::Deployment, core::v1::Pod, policy::v1::PodDisruptionBudget};
use kube::{
    Api, ResourceExt,
    api::{ListParams, Patch, PatchParams, PostParams},
};
use myapp_operator::api::v1alpha1::{
    MyApp,
    myapp::{MyAppSpec, Phase},
};
use myop::{
    Object,
    testing::{Cluster, Result},
};
use serde_json::{Value, json};

/// The kinds that a MyApp is made of.
pub(crate) struct Apps {
    pub(crate) api: Api<MyApp>,
    pub(crate) deployments: Api<Deployment>,
    pub(crate) budgets: Api<PodDisruptionBudget>,
    pub(crate) pods: Api<Pod>,
}

impl Apps {
    pub(crate) fn of(cluster: &Cluster) -> Self {
        Self {
            api: cluster.namespaced("default"),
            deployments: cluster.namespaced("default"),
            budgets: cluster.namespaced("default"),
            pods: cluster.namespaced("default"),
        }
    }

    pub(crate) async fn create(&self, name: &str, replicas: i32) -> Result {
        let spec = MyAppSpec {
            image: "busybox".into(),
            args: vec!["sleep".into(), "10000".into()],
            replicas: Some(replicas),
            version: None,
        };
        let app = MyApp::new(name, spec);
        self.api.create(&PostParams::default(), &app).await?;
        Ok(())
    }

    /// The pods of all apps that are not being deleted.
    pub(crate) async fn pods(&self) -> Result<Vec<Pod>> {
        let mut pods = self.pods.list(&ListParams::default()).await?.items;
        pods.retain(|pod| pod.metadata.deletion_timestamp.is_none());
        Ok(pods)
    }

    /// Says that a pod is ready, or that it is not.
    pub(crate) async fn say_ready(&self, pod: &Pod, ready: bool) -> Result<Pod> {
        let status = if ready { "True" } else { "False" };
        let condition = json!({"type": "Ready", "status": status, "lastTransitionTime": "2026-01-01T00:00:00Z"});
        let said = Patch::Merge(json!({"status": {"phase": "Running", "conditions": [condition]}}));
        let name = pod.name_any();
        Ok(self
            .pods
            .patch_status(&name, &PatchParams::default(), &said)
            .await?)
    }

    /// An app whose replicas are all available.
    pub(crate) async fn create_running(
        &self,
        cluster: &Cluster,
        name: &str,
        replicas: i32,
    ) -> Result {
        self.create(name, replicas).await?;
        let all_made = |found: Option<&Deployment>| {
            found.and_then(|found| found.status.as_ref()?.updated_replicas) == Some(replicas)
        };
        cluster.until(&self.deployments, name, all_made).await?;
        for pod in self.pods().await? {
            self.say_ready(&pod, true).await?;
        }
        let is_running = |app: Option<&MyApp>| phase(app) == Some(Phase::Running);
        cluster.until(&self.api, name, is_running).await?;
        Ok(())
    }

    /// Waits until so many pods of so many are ready, and so many may be evicted.
    pub(crate) async fn until_budgeted(
        &self,
        cluster: &Cluster,
        name: &str,
        (ready, all, allowed): (i32, i32, i32),
    ) -> Result {
        let holds = |budget: Option<&PodDisruptionBudget>| {
            budget
                .and_then(|budget| budget.status.as_ref())
                .is_some_and(|status| {
                    status.current_healthy == ready
                        && status.expected_pods == all
                        && status.disruptions_allowed == allowed
                })
        };
        cluster.until(&self.budgets, name, holds).await?;
        Ok(())
    }
}

pub(crate) async fn merge<K: Object>(api: &Api<K>, name: &str, patch: Value) -> Result<K> {
    let patch = Patch::Merge(patch);
    Ok(api.patch(name, &PatchParams::default(), &patch).await?)
}

pub(crate) fn phase(app: Option<&MyApp>) -> Option<Phase> {
    app?.status.as_ref()?.phase
}

/// The resourceVersion as a number.
pub(crate) fn version<K: Object>(object: &K) -> Option<u64> {
    object.meta().resource_version.as_ref()?.parse().ok()
}
