use k8s_openapi::api::core::v1::Secret;
use myop::predicate::{generation_changed, labels_changed};
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, owns(Secret, when = generation_changed.or(labels_changed)))]
pub struct MyAppController;

fn main() {}
