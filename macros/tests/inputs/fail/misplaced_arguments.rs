use myop::{Controller, resource};

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    name = "Image",
    verbs = ["get"],
    printcolumn(name = "Image", type = "string", json_path = ".spec.image", selectable = ".spec.image"),
)]
pub struct MyAppSpec {
    pub image: String,
}

#[derive(Controller)]
#[controller(
    reconciles = MyApp,
    label = "reconciler=ignore",
    rbac(group = [""], resources = ["pods"], verbs = ["get"], colour = "red"),
)]
pub struct MyAppController;

fn main() {}
