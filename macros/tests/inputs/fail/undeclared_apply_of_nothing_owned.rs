use std::sync::Arc;

use k8s_openapi::api::core::v1::Secret;
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, myop::Error> {
        ctx.apply(Secret::default()).await?;
        Ok(Outcome::done())
    }
}

fn main() {}
