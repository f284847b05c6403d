use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyAppSpec<'a> {
    pub image: &'a str,
}

#[status]
pub struct MyAppStatus<'a> {
    pub image: &'a str,
}

fn main() {
    let spec = MyAppSpec { image: "nginx" };
    let _ = MyAppStatus { image: spec.image, ..Default::default() };
}
