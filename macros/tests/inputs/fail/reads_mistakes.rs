use k8s_openapi::api::core::v1::{ConfigMap, Node, Pod, Secret};
use myop::{Controller, resource};

#[resource(group = "example.com", version = "v1", kind = "MyApp", namespaced)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(reconciles = MyApp, reads = Secret)]
pub struct AssignedController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reads)]
pub struct BareController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reads())]
pub struct EmptyController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reads(Secret, when = matters, any_owner, colour = 1))]
pub struct WakingController;

#[derive(Controller)]
#[controller(reconciles = MyApp, reads(Pod, Pod), reads(Node, ConfigMap, Pod))]
pub struct TwiceController;

fn main() {}
