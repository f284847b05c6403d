use std::sync::Arc;

use myop::{BoxError, Context, Controller, FromSetup, Outcome, Reconcile, Setup, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController {
    client: kube::Client,
}

impl FromSetup for MyAppController {
    fn from_setup(setup: &Setup) -> Result<Self, BoxError> {
        Ok(Self { client: setup.client.clone() })
    }
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        assert!(!self.client.default_namespace().is_empty());
        Ok(Outcome::done())
    }
}

fn main() {}
