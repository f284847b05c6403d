use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyAppSpec {
    pub size: Size,
}

pub struct Size {
    pub width: u32,
}

fn main() {}
