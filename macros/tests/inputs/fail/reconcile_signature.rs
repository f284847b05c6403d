use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: &MyApp, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

#[derive(Controller)]
#[controller(reconciles = MyApp, name = "other")]
pub struct OtherController;

impl Reconcile for OtherController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {}
