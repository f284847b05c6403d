use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, NamespacedName, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    watches(Secret, index = secert_of, when = matters),
    watches(MyApp, index = secret_of, key = secrets_of),
    watches(Nope, map = secret_of),
)]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> Option<NamespacedName> {
    Some(NamespacedName::of(app))
}

fn main() {}
