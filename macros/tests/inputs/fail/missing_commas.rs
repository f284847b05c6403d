use myop::{resource, status};

#[resource(
    group = "example.com" version = "v1"
    kind = "MyApp",
    status = MyAppStatus shortname = "ma",
    printcolumn(name = "Image" type_ = "string", json_path = ".spec.image"),
    namespaced
    scale(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas"),
    , plural = "myapps" singular,
)]
pub struct MyAppSpec {
    pub image: String,
}

#[status]
pub struct MyAppStatus {
    pub replicas: i32,
}

fn main() {}
