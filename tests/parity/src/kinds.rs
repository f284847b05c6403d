//! Kinds: their names, columns and subresources.
//!
//! All of it is said in `#[resource(...)]`.

use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[resource(group = "example.com", version = "v1", kind = "Global")]
pub struct GlobalSpec {}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Datum",
    namespaced,
    plural = "data",
    singular = "datum"
)]
pub struct DatumSpec {}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Short",
    namespaced,
    shortname = "sh",
    shortname = "shrt",
    category = "all",
    category = "example"
)]
pub struct ShortSpec {}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Columned",
    namespaced,
    printcolumn(name = "Image", type_ = "string", json_path = ".spec.image"),
    printcolumn(
        name = "Replicas",
        type_ = "integer",
        json_path = ".spec.replicas",
        description = "How many there are",
        format = "int32",
        priority = 1
    )
)]
pub struct ColumnedSpec {
    pub image: String,
    pub replicas: i32,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Selected",
    namespaced,
    selectable = ".spec.color"
)]
pub struct SelectedSpec {
    pub color: String,
}

#[resource(group = "example.com", version = "v1", kind = "Observed", namespaced, status = ObservedStatus)]
pub struct ObservedSpec {}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ObservedStatus {
    pub healthy: bool,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Scaled",
    namespaced,
    status = ScaledStatus,
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    )
)]
pub struct ScaledSpec {
    pub replicas: i32,
}

#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub struct ScaledStatus {
    pub replicas: i32,
    pub selector: String,
}

#[resource(
    group = "example.com",
    version = "v1",
    kind = "Labelled",
    namespaced,
    annotation("example.com/team", "web"),
    label("team", "web")
)]
pub struct LabelledSpec {}
