use myop::resource;

#[resource(
    group = example.com,
    version = 1,
    kind = "MyApp",
    kind = "MyApp",
    namespaced = "yes",
    status(MyAppStatus),
    owns(Deployment),
    json_path = ".spec.image",
    colour = "red",
    shortname = ,
    printcolumn(name = "Image", type_ = "text", format = "int", json_path = "{.spec.image}", priority = "1"),
    printcolumn = "Image",
    scale(spec_replicas_path = ".spec.replicas"),
    label("team"),
)]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
