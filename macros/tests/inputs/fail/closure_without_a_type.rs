use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, owns(Secret, when = |change| change.after().is_some()))]
pub struct MyAppController;

fn main() {}
