use std::sync::Arc;

use myop::{Cleanup, Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

impl Cleanup for MyAppController {
    async fn cleanup(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {}
