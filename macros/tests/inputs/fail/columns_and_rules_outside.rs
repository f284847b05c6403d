use myop::resource;

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    type_ = "string",
    json_path = ".spec.image",
    spec_replicas_path = ".spec.replicas",
    priority = 1,
    index = image_of,
    finalizer = "example.com/cleanup",
    reconciles = MyApp,
)]
#[derive(PartialEq)]
pub struct MyAppSpec {
    #[resource]
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
