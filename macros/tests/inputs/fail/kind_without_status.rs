use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[status]
pub struct MyAppStatus {
    pub healthy: bool,
}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, app: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        assert!(app.status.is_none());
        Ok(Outcome::done())
    }
}

fn main() {}
