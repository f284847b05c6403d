//! Maps, and how server-side apply merges them and structs.
//!
//! kube's `StructMerge` goes by a key that Kubernetes does not have, and is an error in `#[resource]`.

use std::collections::BTreeMap;

use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Map", namespaced)]
pub struct MapSpec {
    #[schemars(extend("minProperties" = 1, "maxProperties" = 9))]
    pub some: BTreeMap<String, String>,
    #[x_kube(merge_strategy = MapMerge::Atomic)]
    pub whole: BTreeMap<String, String>,
    #[x_kube(merge_strategy = MapMerge::Granular)]
    pub fine: BTreeMap<String, String>,
    #[schemars(extend("x-kubernetes-map-type" = "atomic"))]
    pub pair: Pair,
    pub unit: Unit,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct Pair {
    pub left: String,
    pub right: String,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(extend("x-kubernetes-map-type" = "atomic", "minProperties" = 1))]
pub struct Unit {
    pub left: String,
    pub right: String,
}
