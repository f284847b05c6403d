use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use myop::{Context, Controller, NamespacedName, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles(my_app, when = matters), owns(config_map), watches(secret, index = secret_of), reads(pod))]
pub struct MyAppController;

fn secret_of(_: &MyApp) -> Option<NamespacedName> {
    None
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(ConfigMap::default()).await?;
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

fn main() {}
