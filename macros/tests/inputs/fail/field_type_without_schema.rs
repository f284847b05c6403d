use myop::resource;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyAppSpec {
    pub size: Size,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Size {
    pub width: u32,
}

fn main() {}
