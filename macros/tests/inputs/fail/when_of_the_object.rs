use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, NamespacedName, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(Secret, index = secret_of, when = matters))]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> Option<NamespacedName> {
    Some(NamespacedName::of(app))
}

fn matters(secret: &Secret) -> bool {
    secret.data.is_some()
}

fn main() {}
