use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyApp {
    pub image: String,
}

fn main() {}
