use myop::resource;

#[resource(
    group = "example.com",
    version = ,
    kind = "MyApp",
    status = Nope::,
    plural = Vec<u8>,
    "x",
    printcolumn("Image", name = "Image", type_ = "string", json_path = ".spec.image"),
)]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {}
