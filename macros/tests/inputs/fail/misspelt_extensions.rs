use myop::{resource, schema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "MyApp")]
#[schemars(extend("x-kubernetes-map-typ" = "atomic"))]
pub struct MyAppSpec {
    #[schemars(extend("minProperty" = 1))]
    pub labels: std::collections::BTreeMap<String, String>,
    #[schemars(extend("readOnly" = true))]
    pub image: String,
    #[schemars(extend("x-kubernetes-list-type" = "sett"))]
    pub ports: Vec<i32>,
    #[schemars(extend("multipleOf" = "5"))]
    pub replicas: i32,
    pub listener: Listener,
}

#[schema]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Listener {
    #[schemars(extend("x-kubernetes-validations" = [{ "rul": "self != ''", "reason": "FieldValueInvald" }]))]
    pub host: String,
}

fn main() {
    let _ = MyApp::new;
}
