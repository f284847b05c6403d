use myop::resource;

#[resource]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
