use myop::{Controller, Manager, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp)]
pub struct MyAppController;

pub fn register(manager: Manager) -> Manager {
    manager.controller::<MyAppController>()
}

fn main() {}
