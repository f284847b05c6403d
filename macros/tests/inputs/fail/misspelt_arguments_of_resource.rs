use myop::resource;

#[resource(
    gruop = "example.com",
    vesion = "v1",
    knid = "MyApp",
    nameSpaced,
    sttaus = MyAppStatus,
    plurals = "myapps",
    singlar = "myapp",
    short_name = "ma",
    categories = "all",
    print_column(name = "Image", type_ = "string", json_path = ".spec.image"),
    selectableField = ".spec.image",
    scales(spec_replicas_path = ".spec.replicas", status_replicas_path = ".status.replicas"),
    validations = "true",
    anotation("a", "b"),
    labels("a", "b"),
    store = false,
    unserved,
    deprecate,
    docs = "MyApp",
    roots = "MyApp",
    derives = "PartialEq",
)]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
