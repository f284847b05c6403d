use k8s_openapi::api::core::v1::Secret;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(Secret, index = secret_of, key = age_of))]
pub struct MyAppController;

fn secret_of(app: &MyApp) -> Option<String> {
    Some(app.spec.secret.clone())
}

fn age_of(secret: &Secret) -> Option<i64> {
    secret.metadata.generation
}

fn main() {}
