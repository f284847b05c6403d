use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use myop::{Context, Controller, Manager, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

pub struct Bank;

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController {
    pub runs: AtomicU64,
    pub bank: Arc<Bank>,
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
