use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyAppSpec {
    pub image: Strng,
}

fn main() {}
