use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    queue,
    backoff(5),
    backoff = |failures| Duration::from_secs(failures.into()),
    reconcile_timeout = ,
    reconcile_timeout = Duration::from_secs(30),
    reconcile_timeout = Duration::from_secs(60),
    timeout = Duration::from_secs(30),
    qeue = order::ByName,
    watches(MyApp, index = host_of, key = host_of, queue = order::ByName),
)]
pub struct MyAppController;

fn host_of(_: &MyApp) -> Option<String> {
    None
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<Outcome, Self::Error> {
        Ok(Outcome::done())
    }
}

fn main() {}
