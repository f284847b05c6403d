use k8s_openapi::api::apps::v1::Deployment;
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyAp)]
pub struct FirstController;

#[derive(Controller)]
#[controller(reconciles = MyApp, owns(Deploymnet))]
pub struct SecondController;

#[derive(Controller)]
#[controller(reconciles = MyApp, owns(Deployment), reads(v1::Secret))]
pub struct ThirdController;

fn main() {}
