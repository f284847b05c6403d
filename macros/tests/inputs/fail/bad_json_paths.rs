use myop::{resource, status};

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    status = MyAppStatus,
    scale(
        spec_replicas_path = ".status.replicas",
        status_replicas_path = ".spec.replicas",
        label_selector_path = ".metadata.labels",
    ),
    selectable = ".spec.colors[0]",
    selectable = ".metadata.name",
    selectable = ".spec.color",
    selectable = ".spec.color",
    printcolumn(name = "", type_ = "string", json_path = ".spec.color"),
)]
pub struct MyAppSpec {
    pub color: String,
}

#[status]
pub struct MyAppStatus {
    pub phase: String,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Other",
    selectable = ".status.phase",
    selectable = ".spec.a",
    selectable = ".spec.b",
    selectable = ".spec.c",
    selectable = ".spec.d",
    selectable = ".spec.e",
    selectable = ".spec.f",
    selectable = ".spec.g",
    selectable = ".spec.h",
)]
pub struct OtherSpec {}

fn main() {}
