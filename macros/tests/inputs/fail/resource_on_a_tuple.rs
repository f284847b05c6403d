use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", status = MyAppStatus)]
pub struct MyAppSpec(String);

#[status]
pub struct MyAppStatus;

fn main() {}
