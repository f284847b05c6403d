use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[controller(reconciles = MyApp, owns(ConfigMap))]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(ConfigMap::default()).await?;
        Ok(Outcome::done())
    }
}

fn main() {}
