use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(Secret, map = apps_of))]
pub struct MyAppController;

fn apps_of(secret: &Secret) -> Option<String> {
    secret.metadata.labels.as_ref()?.get("app").cloned()
}

fn main() {}
