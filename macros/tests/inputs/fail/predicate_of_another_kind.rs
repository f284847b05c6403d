use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use myop::predicate::{Predicate as _, generation_changed};
use myop::{Change, Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles(MyApp, when = matters),
    owns(Secret, when = generation_changed.or(matters)),
)]
pub struct MyAppController;

fn matters(change: &Change<ConfigMap>) -> bool {
    change.after().is_some()
}

fn main() {}
