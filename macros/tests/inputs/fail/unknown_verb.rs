use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, rbac(groups = [""], resources = ["pods"], verbs = ["gte"]))]
pub struct MyAppController;

impl Reconcile for MyAppController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, Self::Error> {
        let _: Option<Arc<MyApp>> = ctx.get("other");
        Ok(Outcome::done())
    }
}

fn main() {}
