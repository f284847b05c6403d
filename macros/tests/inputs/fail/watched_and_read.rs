use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use myop::{Controller, NamespacedName, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    owns(ConfigMap),
    reads(Secret, ConfigMap, MyApp),
    watches(Secret, index = names_of),
    watches(ConfigMap, index = names_of),
    watches(MyApp, index = names_of),
)]
pub struct MyAppController;

fn names_of(_: &MyApp) -> Vec<NamespacedName> {
    Vec::new()
}

fn main() {}
