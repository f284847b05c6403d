use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced, status = MyAppStatus)]
pub struct MyAppSpec {}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
pub struct MyAppStatus {
    pub healthy: bool,
}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.status(MyAppStatus { healthy: true });
        Ok(Outcome::done())
    }
}

fn main() {}
