use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, Service};
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles(MyApp, when),
    owns = ConfigMap,
    owns,
    owns(),
    owns(any_owner),
    owns(Secret, any_owners),
    owns(Pod, when = , any_owner = 1),
    owns(Pod, any_owner, any_owner),
    owns(secret),
    owns(Service, index = secret_of),
    any_owner,
    when = matters,
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(ConfigMap::default()).await?;
        Ok(Outcome::done())
    }
}

fn main() {}
