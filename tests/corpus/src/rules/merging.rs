//! How server-side apply merges: `merge_strategy`.

use std::collections::BTreeMap;

use kube::{CustomResource, KubeSchema};
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, KubeSchema)]
#[kube(group = "example.com", version = "v1", kind = "Merged")]
#[serde(rename_all = "camelCase")]
pub struct MergedSpec {
    #[x_kube(merge_strategy = ListMerge::Atomic)]
    pub atomic_list: Vec<String>,
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub set: Vec<String>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]))]
    pub keyed: Vec<Item>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".to_string(), String::from("port")]))]
    pub keyed_by_two: Vec<Item>,
    #[x_kube(merge_strategy = MapMerge::Atomic)]
    pub atomic_map: BTreeMap<String, String>,
    #[x_kube(merge_strategy = MapMerge::Granular)]
    pub granular_map: BTreeMap<String, String>,
    #[x_kube(merge_strategy = StructMerge::Atomic)]
    pub atomic_struct: Item,
    #[x_kube(merge_strategy = StructMerge::Granular)]
    pub granular_struct: Item,
    #[x_kube(merge_strategy = ListMerge::Set)]
    pub optional: Option<Vec<String>>,
    #[x_kube(merge_strategy = ListMerge::Map(vec!["name".into()]), validation = "self.size() < 9")]
    #[serde(default)]
    pub with_rule: Vec<Item>,
}

#[derive(Serialize, Deserialize, Clone, Debug, KubeSchema)]
pub struct Item {
    pub name: String,
    pub port: u16,
}

kinds![Merged];
