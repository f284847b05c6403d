use myop::resource;

#[resource(
    group = example.com,
    version = v1alpha1,
    kind = MyApp,
    namespaced("yes"),
    status = true,
    plural,
    singular = 5,
    shortname = ["ma", "app"],
    category("all"),
    printcolumn("Image"),
    selectable = [".spec.image"],
    scale,
    validation,
    annotation = "a",
    label("a", "b", "c"),
    derive = 5,
    storage = "false",
    served = no,
    deprecated = true,
    doc("MyApp"),
)]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
