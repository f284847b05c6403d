use myop::{resource, schema, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "MyApp", status = MyAppStatus)]
#[schema(exactly_one_of(tls, plain_txt), at_most_one_of(tls), at_least_one_off(tls, port))]
pub struct MyAppSpec {
    pub tls: Option<String>,
    pub plain_text: Option<String>,
    #[schema(imutable)]
    pub port: i32,
    #[schema(not_null)]
    pub image: String,
    #[serde(flatten)]
    #[schema(immutable)]
    pub listener: Listener,
}

#[schema(preserve_unknown_fields)]
#[status]
pub struct MyAppStatus {
    pub healthy: bool,
}

#[schema(at_least_one_of(host, address), at_most_one_of(host, host))]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Listener {
    pub host: Option<String>,
    pub address: String,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schema(at_most_one_of(a, b))]
pub struct Below {
    pub a: Option<String>,
    pub b: Option<String>,
}

#[schema(preserve_unknown_fields)]
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Choice {
    One,
}

fn main() {
    let _ = (MyApp::new, MyAppStatus::default, Choice::One);
    let _ = Below { a: None, b: None };
}
