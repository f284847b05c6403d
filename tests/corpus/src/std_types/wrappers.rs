//! What holds one value: boxes, counted references, cells, options of options.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    cmp::Reverse,
    collections::BTreeMap,
    num::Wrapping,
    sync::{Mutex, RwLock},
};

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Words of the item.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Item {
    pub name: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Boxes")]
pub struct BoxesSpec {
    pub text: Box<String>,
    pub structure: Box<Item>,
    pub optional: Option<Box<Item>>,
    pub around_option: Box<Option<Item>>,
    pub list: Box<Vec<Box<Item>>>,
    pub cow: Cow<'static, str>,
    pub optional_cow: Option<Cow<'static, str>>,
    pub wrapping: Wrapping<u8>,
    pub reverse: Reverse<u8>,
}

#[derive(CustomResource, Serialize, Deserialize, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Cells")]
pub struct CellsSpec {
    pub cell: Cell<u8>,
    pub ref_cell: RefCell<String>,
    pub mutex: Mutex<u8>,
    pub lock: RwLock<Option<String>>,
}

impl Clone for CellsSpec {
    fn clone(&self) -> Self {
        unimplemented!("cells have no copies")
    }
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Options")]
pub struct OptionsSpec {
    pub text: Option<String>,
    pub structure: Option<Item>,
    pub twice: Option<Option<String>>,
    pub twice_structure: Option<Option<Item>>,
    pub list: Option<Vec<Option<Item>>>,
    pub map: Option<BTreeMap<String, Option<Item>>>,
    /// Words.
    pub documented: Option<Item>,
    pub anything: Option<serde_json::Value>,
    #[serde(default)]
    pub with_default: Option<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<Item>,
}

kinds![Boxes, Cells, Options];
