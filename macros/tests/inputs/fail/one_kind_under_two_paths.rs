use k8s_openapi::api::core::v1::{self, ConfigMap};
use myop::{Controller, NamespacedName, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(ConfigMap),
    reads(v1::ConfigMap),
)]
pub struct MyAppController;

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(ConfigMap),
    watches(v1::ConfigMap, map = apps_of),
)]
pub struct OtherController;

fn apps_of(_: &ConfigMap) -> Vec<NamespacedName> {
    Vec::new()
}

fn main() {}
