//! Defaults that only running the program tells, each alone in its kind: they are read by nobody but it.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "FormattedDefault")]
pub struct FormattedDefaultSpec {
    #[serde(default = "formatted")]
    pub image: String,
}

fn formatted() -> String {
    let version = [1, 2, 3].map(|part: u8| part.to_string()).join(".");
    format!("registry.example.com/app:{version}")
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "BranchingDefault")]
pub struct BranchingDefaultSpec {
    #[serde(default = "branching")]
    pub replicas: u8,
}

fn branching() -> u8 {
    if cfg!(target_os = "none") { 1 } else { 2 }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "MutatedDefault")]
pub struct MutatedDefaultSpec {
    #[serde(default = "mutated")]
    pub list: Vec<u32>,
}

fn mutated() -> Vec<u32> {
    let mut list = Vec::new();
    for number in 1..=3 {
        list.push(number * number);
    }
    list
}

/// What is written of a default is decided by an implementation by hand.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "HandWrittenSerialize")]
pub struct HandWrittenSerializeSpec {
    #[serde(default)]
    pub percentage: Percentage,
}

#[derive(Deserialize, Clone, Debug, Default, JsonSchema)]
pub struct Percentage(u8);

impl Serialize for Percentage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}%", self.0))
    }
}

kinds![
    FormattedDefault,
    BranchingDefault,
    MutatedDefault,
    HandWrittenSerialize
];
