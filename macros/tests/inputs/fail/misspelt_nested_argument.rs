use myop::resource;

#[resource(
    group = "example.com",
    version = "v1",
    kind = "MyApp",
    printcolumn(name = "Image", type = "string", json_path = ".spec.image"),
    printcolumn(name = "Image", type_ = "string", jsonpath = ".spec.image"),
)]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
