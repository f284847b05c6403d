use k8s_openapi::api::core::v1::{self, ConfigMap};
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(ConfigMap),
    reads(v1::ConfigMap),
)]
pub struct MyAppController;

fn main() {}
