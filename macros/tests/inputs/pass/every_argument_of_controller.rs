use std::sync::Arc;
use std::time::Instant;

use k8s_openapi::api::apps;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Endpoints, Node, Pod, Secret, Service};
use kube::{Client, ResourceExt as _};
use myop::predicate::{
    Predicate as _, annotations_changed, generation_changed, matches_labels, not,
};
use myop::{
    BoxError, Change, Cleanup, Context, Controller, FromSetup, NamespacedName, Outcome, Reconcile,
    Setup,
};

/// Reconciles a kind that somebody else has defined.
#[derive(Controller)]
#[controller(reconciles(apps::v1::Deployment, when = generation_changed.or(annotations_changed)), name = "rollouts")]
#[controller(
    owns(ConfigMap),
    owns(Lease, Endpoints, any_owner, when = not(matches_labels("tier!=web")).and(is_new)),
    reads(Node),
    watches(Secret, index = pull_secrets, when = data_has_changed),
    watches(Service, index = app_label, key = selection::app),
    watches(Pod, map = Self::rollout_of),
    watches(Pod, index = node_names, key = node_names_of_pod, when = is_deleted),
    watches(Pod, map = Self::rollout_of, when = |change: &Change<Pod>| change.before().is_some()),
    watches(apps::v1::Deployment, index = app_label, key = app_label),
    watches(ConfigMap, map = <Rollouts as Find>::of),
    skip(label = "example.com/managed-by="),
    finalizer = "example.com/rollouts",
    rbac(groups = [""], resources = ["pods/eviction"], verbs = ["create"]),
    rbac(groups = [""], resources = ["secrets"], verbs = ["get"], names = ["registry", "token"]),
    rbac(groups = [""], resources = ["configmaps"], verbs = ["create", "patch"], names = ["leader"]),
    rbac(groups = [""], resources = ["serviceaccounts/token"], verbs = ["create"], names = ["robot"]),
    rbac(groups = ["certificates.k8s.io"], resources = ["signers"], verbs = ["attest", "assign", "impersonate:user-info"]),
    rbac(urls = ["/metrics"], verbs = ["get"]),
)]
pub struct RolloutController {
    client: Client,
    registry: Arc<Registry>,
    r#type: Started,
}

/// Is shared by all controllers.
struct Registry {
    url: &'static str,
}

impl FromSetup for Registry {
    fn from_setup(_: &Setup) -> Result<Self, BoxError> {
        Ok(Self { url: "https://registry.example.com" })
    }
}

/// Each controller has its own.
struct Started(Instant);

impl FromSetup for Started {
    fn from_setup(_: &Setup) -> Result<Self, BoxError> {
        Ok(Self(Instant::now()))
    }
}

fn pull_secrets(deployment: &apps::v1::Deployment) -> Vec<NamespacedName> {
    let pods = deployment.spec.as_ref().and_then(|spec| spec.template.spec.as_ref());
    let secrets = pods.and_then(|pods| pods.image_pull_secrets.as_ref());
    let names = secrets.into_iter().flatten().map(|secret| &secret.name);
    names.map(|name| beside(deployment, name)).collect()
}

fn data_has_changed(change: &Change<Secret>) -> bool {
    match change {
        Change::Updated { old, new } => old.data != new.data,
        Change::Added(_) | Change::Deleted(_) => true,
    }
}

/// An index of Deployments may as well be one of other kinds.
fn app_label<K: kube::Resource<DynamicType = ()>>(object: &K) -> Option<String> {
    object.labels().get("app").cloned()
}

mod selection {
    use k8s_openapi::api::core::v1::Service;

    pub(crate) fn app(service: &Service) -> Option<String> {
        service.spec.as_ref()?.selector.as_ref()?.get("app").cloned()
    }
}

fn node_names(deployment: &apps::v1::Deployment) -> Option<String> {
    deployment.annotations().get("example.com/node").cloned()
}

fn node_names_of_pod(pod: &Pod) -> impl Iterator<Item = String> + use<> {
    pod.spec.clone().and_then(|spec| spec.node_name).into_iter()
}

fn is_new<K>(change: &Change<K>) -> bool {
    change.before().is_none()
}

fn is_deleted(change: &Change<Pod>) -> bool {
    matches!(change, Change::Deleted(_))
}

impl RolloutController {
    fn rollout_of(pod: &Pod) -> [NamespacedName; 1] {
        [beside(pod, &pod.name_any())]
    }
}

trait Find {
    fn of(object: &ConfigMap) -> Option<NamespacedName>;
}

struct Rollouts;

impl Find for Rollouts {
    fn of(object: &ConfigMap) -> Option<NamespacedName> {
        Some(beside(object, object.data.as_ref()?.get("rollout")?))
    }
}

fn beside(object: &impl kube::Resource, name: &str) -> NamespacedName {
    NamespacedName { namespace: object.namespace(), name: name.to_owned() }
}

impl Reconcile for RolloutController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        _: Arc<apps::v1::Deployment>,
        ctx: &Context<Self>,
    ) -> Result<Outcome, Self::Error> {
        let pods: Vec<Arc<Pod>> = ctx.list();
        let node: Option<Arc<Node>> = ctx.get("one");
        let services: Vec<Arc<Service>> = ctx.list();
        assert!(node.is_none() || pods.is_empty() || services.is_empty());
        assert!(!self.client.default_namespace().is_empty());
        assert!(!self.registry.url.is_empty() || self.r#type.0.elapsed().is_zero());
        Ok(Outcome::done())
    }
}

impl Cleanup for RolloutController {
    async fn cleanup(
        &self,
        _: Arc<apps::v1::Deployment>,
        _: &Context<Self>,
    ) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Its fields are made in their order, like those with names.
#[derive(Controller)]
#[controller(reconciles = Pod)]
pub struct PodController(Arc<Registry>, Started);

impl Reconcile for PodController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<Pod>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        assert!(!self.0.url.is_empty() || self.1.0.elapsed().is_zero());
        Ok(Outcome::done())
    }
}

fn main() {
    assert_eq!(RolloutController::NAME, "rollouts");
    assert_eq!(PodController::NAME, "pod");
}
