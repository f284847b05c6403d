use std::sync::Arc;

use k8s_openapi::api::core::v1::Secret;
use myop::{Context, Controller, NamespacedName, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    watches(Secret, idnex = secret_of, key = NamespacedName::of),
    watch(MyApp, index = secret_of, key = secret_of),
)]
pub struct MyAppController;

fn secret_of(_: &MyApp) -> Option<NamespacedName> {
    None
}

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

fn main() {}
