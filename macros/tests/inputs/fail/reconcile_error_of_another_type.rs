use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

pub enum Refused {
    ByTheBank,
}

impl Reconcile for MyAppController {
    type Error = Refused;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Err(Refused::ByTheBank)
    }
}

fn main() {}
