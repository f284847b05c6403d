use std::sync::Arc;

use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconcile = MyApp,
    names = "myapp",
    own(ConfigMap),
    wathces(Secret, index = secret_of),
    read(Pod),
    skips(label = "reconciler=ignore"),
    finaliser = "example.com/cleanup",
    queues = order::ByName,
    back_off = backoff,
    reconcileTimeout = Duration::from_secs(30),
    rbca(groups = [""], resources = ["pods/log"], verbs = ["get"]),
    rbac(group = [""], resource = ["pods/log"], verb = ["get"], name = ["web"]),
    rbac(url = ["/metrics"], verbs = ["get"]),
    skip(labels = "reconciler=ignore"),
    owns(Pod, anyOwner, wehn = matters),
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        ctx.apply(ConfigMap::default()).await?;
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

fn main() {}
