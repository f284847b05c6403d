use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles("MyApp"), owns("ConfigMap"), reads("Secret"))]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(ConfigMap::default()).await?;
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

fn main() {}
