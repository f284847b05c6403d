//! Kinds that are called like what derived code, or a controller, uses.

use std::sync::Arc;

use kube::CustomResourceExt as _;
use myop::{Controller, Outcome, Reconcile, resource, status};

#[resource(group = "example.com", version = "v1", kind = "Context", status = ContextStatus)]
pub struct ContextSpec {
    pub name: Option<String>,
}

#[status]
pub struct ContextStatus {
    pub healthy: Option<bool>,
}

#[resource(group = "example.com", version = "v1", kind = "Status", namespaced)]
pub struct StatusSpec {
    pub name: Option<String>,
}

#[resource(group = "example.com", version = "v1", kind = "Object", namespaced)]
pub struct ObjectSpec {
    pub name: Option<String>,
}

#[derive(Controller)]
#[controller(reconciles = Context, owns(Object), reads(Status))]
pub struct ContextController;

impl Reconcile for ContextController {
    type Error = myop::Error;

    async fn reconcile(
        &self,
        _: Arc<Context>,
        ctx: &myop::Context<Self>,
    ) -> Result<Outcome, Self::Error> {
        let _: Option<Arc<Status>> = ctx.get("one");
        Ok(Outcome::done())
    }
}

fn main() {
    assert_eq!(Context::crd().spec.names.plural, "contexts");
    assert_eq!(Status::crd().spec.names.plural, "statuses");
    assert_eq!(Object::crd().spec.names.plural, "objects");
    assert_eq!(ContextController::NAME, "context");
}
