use myop::resource;

#[resource(group = "apps", version = "V1", kind = "my-app", plural = "MyApps", shortname = "MA")]
pub struct MyAppSpec {
    pub image: String,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into() });
}
