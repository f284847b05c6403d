use k8s_openapi::api::apps::v1::DeploymentSpec;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, owns(DeploymentSpec))]
pub struct OwningController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reads(String))]
pub struct ReadingController;

fn main() {}
