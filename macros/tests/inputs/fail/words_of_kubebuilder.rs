use k8s_openapi::api::core::v1::ConfigMap;
use myop::{Controller, resource};

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    scope = "Namespaced",
    path = "myapps",
    shortName = "ma",
    subresource = "status",
    storageversion,
    deprecatedversion,
    printcolumn(name = "Image", type = "string", JSONPath = ".spec.image"),
    scale(specpath = ".spec.replicas", statuspath = ".status.replicas", selectorpath = ".status.selector"),
)]
pub struct MyAppSpec {}

#[derive(Controller)]
#[controller(
    for = MyApp,
    owns(ConfigMap, predicate = matters),
    rbac(apiGroups = [""], resources = ["pods"], verbs = ["get"], resourceNames = ["web"]),
    rbac(nonResourceURLs = ["/metrics"], verbs = ["get"]),
)]
pub struct MyAppController;

#[derive(Controller)]
#[controller(kind = MyApp)]
pub struct OtherController;

fn main() {}
