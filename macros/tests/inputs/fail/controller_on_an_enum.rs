use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub enum MyAppController {
    Only,
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

fn main() {}
