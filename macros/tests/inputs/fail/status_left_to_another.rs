use std::sync::Arc;

use myop::{Context, Controller, Outcome, Reconcile, resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced, status = MyAppStatus)]
pub struct MyAppSpec {}

#[status]
pub struct MyAppStatus {}

#[derive(Controller)]
#[controller(reconciles(MyApp, status = false))]
pub struct AuditController;

impl Reconcile for AuditController {
    type Error = myop::Error;

    async fn reconcile(&self, _: Arc<MyApp>, ctx: &Context<Self>) -> Result<Outcome, myop::Error> {
        ctx.status(MyAppStatus::default());
        Ok(Outcome::done())
    }
}

fn main() {}
