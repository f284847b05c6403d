use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub enum MyAppSpec {
    Image(String),
}

fn main() {}
