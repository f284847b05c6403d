use myop::status;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[status]
pub struct MyAppStatus {
    pub phase: Phase,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub enum Phase {
    Running,
}

fn main() {}
