use std::sync::Arc;

use myop::{Context, Controller, Manager, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController {
    pub runs: std::sync::atomic::AtomicU64,
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

pub fn register(manager: Manager) -> Manager {
    manager.controller::<MyAppController>()
}

fn main() {}
