use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles(MyApp, MyApp))]
pub struct MyAppController;

#[derive(Controller)]
#[controller(reconciles(when = matters))]
pub struct OtherController;

#[derive(Controller)]
#[controller(reconciles(MyApp, any_owner))]
pub struct ThirdController;

fn main() {}
