use myop::{resource, status};

#[derive(Clone, Debug)]
#[resource(group = "example.com", version = "v1", kind = "MyApp", status = MyAppStatus)]
pub struct MyAppSpec {
    pub image: String,
}

#[derive(Default)]
#[status]
pub struct MyAppStatus {
    pub healthy: bool,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
