use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(Secret, index = secret_of))]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> Option<String> {
    Some(app.spec.secret.clone())
}

fn main() {}
