use myop::{resource, status};

#[resource(group = "example.com", version = "v1", kind = "MyApp", status = MyAppStatus)]
pub struct MyAppSpec {
    #[schemars(lenght(min = 1), patern("^[a-z]+$"))]
    pub image: String,
    #[x_kube(validaton = "self > 0")]
    #[schemars(range(min = 1))]
    pub replicas: i32,
    #[serde(defualt)]
    pub paused: bool,
    #[serde(skip_serialising_if = "Option::is_none")]
    pub note: Option<String>,
}

#[status]
pub struct MyAppStatus {
    #[serde(renam = "isHealthy")]
    pub healthy: bool,
    #[x_kube(mergeStrategy = ListMerge::Set)]
    pub errors: Vec<String>,
}

fn main() {
    let spec = MyAppSpec { image: "nginx".into(), replicas: 1, paused: false, note: None };
    let _ = MyApp::new("web", spec);
    let _ = MyAppStatus { healthy: true, ..MyAppStatus::default() };
}
