//! What has to be there, and what is there by default.
//!
//! An `Option` may be left out and may be null, which reads the same; all else has to be there, but for what has a default. With
//! `not_null` it may only be left out, as in Go. What `#[serde(default = "...")]` gives is the default in the CRD, too: a
//! default that is not what the Rust type has of itself is a function, as serde wants it.

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
    #[schema(not_null)]
    pub optional: Option<String>,
    #[schema(not_null)]
    pub possible: Option<String>,
    #[schema(not_null)]
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
