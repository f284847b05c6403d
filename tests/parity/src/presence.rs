//! What has to be there, and what is there by default.

use std::collections::BTreeMap;

use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Presence", namespaced)]
pub struct PresenceSpec {
    pub needed: String,
    pub required: String,
    pub demanded: String,
    #[schemars(length(min = 1))]
    pub asked: String,
    #[schemars(with = "String")]
    #[serde(default)]
    pub optional: Option<String>,
    #[schemars(with = "String")]
    #[serde(default)]
    pub possible: Option<String>,
    #[schemars(with = "String")]
    #[serde(default)]
    pub allowed: Option<String>,
    pub or_null: Option<String>,
    #[schemars(required, extend("nullable" = true))]
    pub null_needed: Option<String>,
    #[serde(default = "red")]
    pub color: String,
    #[serde(default = "three")]
    pub replicas: i32,
    #[serde(default = "web_ports")]
    pub ports: Vec<i32>,
    #[serde(default)]
    pub paused: bool,
    #[schemars(extend("default" = {}))]
    #[serde(default)]
    pub limits: Limits,
    #[schemars(extend("default" = { "cpu": 1 }))]
    #[serde(default)]
    pub shares: BTreeMap<String, i32>,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Limits {
    #[serde(default = "ten")]
    pub pods: i32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pods: ten() }
    }
}

fn red() -> String {
    "red".into()
}

fn three() -> i32 {
    3
}

fn ten() -> i32 {
    10
}

fn web_ports() -> Vec<i32> {
    vec![80, 443]
}
