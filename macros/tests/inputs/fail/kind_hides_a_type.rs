use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "String")]
pub struct StringSpec {
    pub text: Option<String>,
}

#[resource(group = "example.com", version = "v1", kind = "Index", root = "Option")]
pub struct IndexSpec {
    pub text: Option<String>,
}

#[resource(group = "example.com", version = "v1", kind = "my-app")]
pub struct MyApp {
    pub text: Option<String>,
}

fn main() {}
