use std::sync::Arc;

use myop::{Cleanup, Context, Controller, Outcome, Reconcile, resource, status};

#[resource(
    group = "example.com", group = "example.org",
    version = "v1", version = "v2",
    kind = "MyApp", kind = "Other",
    namespaced, namespaced = false,
    status = MyAppStatus, status = MyAppStatus,
    plural = "myapps", plural = "apps",
    singular = "myapp", singular = "app",
    doc = "One.", doc = "Two.",
    root = "MyApp", root = "App",
    storage = true, storage = false,
    served = true, served = false,
    deprecated, deprecated = "use v2",
    scale(spec_replicas_path = ".spec.a", status_replicas_path = ".status.a", spec_replicas_path = ".spec.b"),
    scale(spec_replicas_path = ".spec.a", status_replicas_path = ".status.a"),
    printcolumn(name = "A", type_ = "string", json_path = ".spec.a", name = "B", priority = 1, priority = 2),
)]
pub struct MyAppSpec {}

#[status]
pub struct MyAppStatus {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp, reconciles = MyApp,
    name = "one", name = "two",
    skip(label = "a=b"), skip(label = "c=d", label = "e=f"),
    finalizer = "example.com/a", finalizer = "example.com/b",
    rbac(groups = [""], groups = ["apps"], resources = ["pods"], verbs = ["get"], verbs = ["list"]),
    watches(MyApp, index = host_of, key = host_of, key = host_of, when = matters, when = matters),
)]
#[controller(name = "three")]
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

impl Cleanup for MyAppController {
    async fn cleanup(&self, _: Arc<MyApp>, _: &Context<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

fn main() {}
