use myop::resource;

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    struct = "App",
    crates(kube_core = "kube::core"),
    schema = "disabled",
    printcolumn = r#"{"name": "Image", "type": "string", "jsonPath": ".spec.image"}"#,
    scale = r#"{"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}"#,
)]
pub struct MyAppSpec {}

fn main() {}
