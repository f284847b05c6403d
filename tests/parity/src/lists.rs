//! Lists, and how server-side apply merges them.

use kube::KubeSchema;
use myop::resource;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "List", namespaced)]
pub struct ListSpec {
    #[schemars(length(min = 1))]
    pub some: Vec<String>,
    #[schemars(length(max = 3))]
    pub few: Vec<String>,
    #[schemars(length(max = 5))]
    pub five: Vec<String>,
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub whole: Vec<String>,
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub set: Vec<String>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub by_name: Vec<Port>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into(), "number".into()]))]
    pub by_both: Vec<Port>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub keyed: Vec<Port>,
}

#[derive(Clone, Debug, Deserialize, Serialize, KubeSchema)]
pub struct Port {
    pub name: String,
    pub number: i32,
}
