//! Lists, sets, maps, arrays, tuples.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(
    Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema,
)]
pub struct Item {
    /// The name.
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Lists")]
pub struct ListsSpec {
    pub vec: Vec<String>,
    pub structs: Vec<Item>,
    pub nested: Vec<Vec<u8>>,
    pub optional_items: Vec<Option<String>>,
    pub optional: Option<Vec<Item>>,
    pub deque: VecDeque<String>,
    pub linked: LinkedList<u8>,
    pub heap: BinaryHeap<u8>,
    pub boxed_slice: Box<[String]>,
    pub bytes: Vec<u8>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Sets")]
pub struct SetsSpec {
    pub btree: BTreeSet<String>,
    pub hash: HashSet<String>,
    pub structs: BTreeSet<Item>,
    pub optional: Option<HashSet<u8>>,
    pub in_map: BTreeMap<String, BTreeSet<u8>>,
    pub with_default: WithDefault,
}

#[derive(Serialize, Deserialize, Clone, Debug, Default, JsonSchema)]
#[serde(default)]
pub struct WithDefault {
    pub set: BTreeSet<String>,
    #[schemars(length(min = 1), extend("x-kubernetes-list-type" = "set"))]
    pub limited: BTreeSet<String>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Maps")]
pub struct MapsSpec {
    pub btree: BTreeMap<String, String>,
    pub hash: HashMap<String, String>,
    pub structs: BTreeMap<String, Item>,
    pub nested: BTreeMap<String, BTreeMap<String, u8>>,
    pub lists: BTreeMap<String, Vec<Item>>,
    pub optional_values: BTreeMap<String, Option<String>>,
    pub optional: Option<BTreeMap<String, String>>,
    pub anything: BTreeMap<String, serde_json::Value>,
    /// Words of the map.
    pub documented: BTreeMap<String, Item>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "MapKeys")]
pub struct MapKeysSpec {
    pub unsigned: BTreeMap<u16, String>,
    pub signed: BTreeMap<i64, String>,
    pub letters: BTreeMap<char, String>,
    pub flags: BTreeMap<bool, String>,
    pub newtype: BTreeMap<Key, String>,
    pub limited: BTreeMap<LimitedKey, u8>,
    pub borrowed: BTreeMap<std::borrow::Cow<'static, str>, u8>,
}

#[derive(
    Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema,
)]
pub struct Key(pub String);

#[derive(
    Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema,
)]
pub struct LimitedKey(#[schemars(pattern("^[a-z]+$"))] pub String);

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "EnumKeys")]
pub struct EnumKeysSpec {
    pub plain: BTreeMap<PlainKey, Item>,
    pub documented: BTreeMap<DocumentedKey, u8>,
    pub mixed: BTreeMap<MixedKey, u8>,
    pub optional: Option<BTreeMap<PlainKey, u8>>,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlainKey {
    Second,
    First,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
pub enum DocumentedKey {
    /// The first.
    First,
    Second,
}

#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[serde(untagged)]
pub enum MixedKey {
    Known(PlainKey),
    Limited(LimitedKey),
    Number(u8),
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Arrays")]
pub struct ArraysSpec {
    pub three: [u8; 3],
    pub none: [String; 0],
    pub calculated: [u8; 2 + 2],
    pub constant: [Item; TWO],
    pub nested: [[u8; 2]; 3],
    pub optional: Option<[u8; 4]>,
    pub most: [u8; 32],
}

const TWO: usize = 2;

kinds![Lists, Sets, Maps, MapKeys, EnumKeys, Arrays];
