use std::sync::Arc;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Pod, Secret, Service};
use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(Deployment),
    watches = Secret,
    watches,
    watches(),
    watches(index = secret_of),
    watches(kind = Secret, index = secret_of),
    watches(index = secret_of, v1::Secret),
    watches(Secret, Service, index = secret_of),
    watches("Secret", index = secret_of),
    watches(Secret index = secret_of),
    watches(Secret),
    watches(Secret, index = secret_of, map = apps_of),
    watches(Secret, map = apps_of, key = token_of),
    watches(Secret, key = token_of),
    watches(Secret, index = "secret_of"),
    watches(Secret, index = |app: &MyApp| app.spec.secret.clone(), when = !matters),
    watches(Secret, index, when),
    watches(Secret, map = ),
    watches(Secret, index = secret_of, index = token_of),
    watches(Secret, index = secret_of, colour = red),
    watches(Secret, index = secret_of, reads(Pod)),
    watches(secret_of),
    watches(Pod, map = app_of),
    index = secret_of,
    reads(Secret, Pod, Service),
)]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        let _: Option<Arc<Secret>> = ctx.get("token");
        Ok(Outcome::done())
    }
}

fn main() {}
