//! Types that hold themselves. The schema has a `$ref` to nowhere, which the API server refuses; `crd()` makes it all the
//! same.

use std::collections::BTreeMap;

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Recursive")]
pub struct RecursiveSpec {
    pub tree: Tree,
    pub list: BTreeMap<String, Tree>,
}

/// Words of the tree.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Tree {
    pub name: String,
    pub left: Option<Box<Tree>>,
    /// Words of the field.
    pub right: Option<Box<Tree>>,
    pub children: Vec<Tree>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "MutuallyRecursive")]
pub struct MutuallyRecursiveSpec {
    pub expression: Expression,
    #[serde(flatten)]
    pub operand: Operand,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Expression {
    Not(Box<Operand>),
    Literal(String),
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[serde(rename = "Renamed")]
pub struct Operand {
    pub expressions: Vec<Expression>,
}

kinds![Recursive, MutuallyRecursive];
