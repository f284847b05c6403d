use myop::{Controller, NamespacedName, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {
    pub secret: String,
}

#[derive(Controller)]
#[controller(reconciles = MyApp, watches(MyAppSpec, map = apps_of))]
pub struct MyAppController;

fn apps_of(_: &MyAppSpec) -> Option<NamespacedName> {
    None
}

fn main() {}
