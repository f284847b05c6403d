use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(Secret, index = secret_of, key = name_of))]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> Option<&str> {
    Some(&app.spec.secret)
}

fn name_of(secret: &Secret) -> Option<&str> {
    secret.metadata.name.as_deref()
}

fn main() {}
