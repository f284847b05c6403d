use myop::{resource, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Proxy")]
#[derive(Default, serde::Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub struct ProxySpec {
    pub listen_on: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "upstream")]
    pub target: Option<String>,
    pub rules: Option<Rules>,
    #[cfg_attr(all(), doc = "Kept.", serde(skip_serializing_if = "Option::is_none"))]
    pub weight: Option<i32>,
    #[cfg_attr(all(), serde(default))]
    pub zone: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Rules {
    pub retries: i32,
}

#[status]
#[cfg_attr(all(), serde(rename_all = "PascalCase"))]
pub struct ProxyStatus {}

fn main() {
    let spec = ProxySpec { target: Some("web".into()), ..ProxySpec::default() };
    assert_eq!(serde_json::to_value(spec).unwrap(), serde_json::json!({ "upstream": "web" }));

    let status = ProxyStatus { observed_generation: Some(1), ..ProxyStatus::default() };
    assert_eq!(serde_json::to_value(status).unwrap(), serde_json::json!({ "observedGeneration": 1 }));
}
