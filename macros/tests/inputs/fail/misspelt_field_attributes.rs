use myop::resource;

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
pub struct MyAppSpec {
    #[schemars(lenght(min = 1))]
    pub image: String,
    #[x_kube(validaton = "self > 0")]
    pub replicas: i32,
    #[serde(defualt)]
    pub paused: bool,
}

fn main() {
    let _ = MyApp::new("web", MyAppSpec { image: "nginx".into(), replicas: 1, paused: false });
}
