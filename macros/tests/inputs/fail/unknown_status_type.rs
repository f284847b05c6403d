use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", status = MyAppStatsu)]
pub struct MyAppSpec {}

#[status]
pub struct MyAppStatus {}

fn main() {}
