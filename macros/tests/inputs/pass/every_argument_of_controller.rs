use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Node, Pod};
use k8s_openapi::api::apps;
use myop::{BoxError, Cleanup, Context, Controller, FromSetup, Outcome, Reconcile, Setup};

/// Reconciles a kind that somebody else has defined.
#[derive(Controller)]
#[controller(reconciles = apps::v1::Deployment, name = "rollouts")]
#[controller(
    owns(ConfigMap),
    reads(Pod, Node),
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
    started: std::time::Instant,
}

impl FromSetup for RolloutController {
    fn new(_: &Setup) -> Result<Self, BoxError> {
        Ok(Self { started: std::time::Instant::now() })
    }
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
        assert!(node.is_none() || pods.is_empty() || self.started.elapsed().is_zero());
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

fn main() {
    assert_eq!(RolloutController::NAME, "rollouts");
}
