use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Secret;
use myop::{Cleanup, Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(Deployment, Deployment, MyApp),
    reads(Deployment, MyApp, Secret),
    name = "My App",
    finalizer = "cleanup",
    skip(label = "reconciler: ignore"),
    colour = red,
    rbac(groups = ["apps/v1"], resources = ["Deployment"], verbs = ["read", "lsit"]),
    rbac(groups = ["core"], resources = [], verbs = "get"),
    rbac(urls = ["metrics"], groups = [""], verbs = ["watch"]),
    rbac(resources = ["pods"]),
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(Deployment::default()).await?;
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

impl Cleanup for MyAppController {
    async fn cleanup(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {}
