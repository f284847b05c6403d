//! Columns, selectable fields and the scale subresource.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Columns",
    printcolumn(name = "Plain", type_ = "string", json_path = ".spec.a"),
    printcolumn(
        name = "Whole",
        type_ = "integer",
        json_path = ".spec.b",
        description = "How many",
        format = "int32",
        priority = 1
    ),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = r#".status.conditions[?(@.type=="Ready")].status"#
    ),
    printcolumn = r#"{"name": "AsJson", "type": "date", "jsonPath": ".metadata.creationTimestamp"}"#,
    selectable = ".spec.a",
    selectable = ".spec.b"
)]
pub struct ColumnsSpec {
    pub a: String,
    pub b: i32,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "ColumnsAsJson",
    printcolumn = r#"{"name": "Whole", "type": "integer", "jsonPath": ".spec.a", "description": "d", "priority": 2}"#
)]
pub struct ColumnsAsJsonSpec {
    pub a: i32,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Scaled",
    status = "ScaledStatus",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    )
)]
pub struct ScaledSpec {
    pub replicas: i32,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct ScaledStatus {
    pub replicas: i32,
    pub selector: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "ScaledWithoutSelector",
    status = "ScaledStatus",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas"
    )
)]
pub struct ScaledWithoutSelectorSpec {
    pub replicas: i32,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "ScaledAsJson",
    status = "ScaledStatus",
    scale = r#"{"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}"#
)]
pub struct ScaledAsJsonSpec {
    pub replicas: i32,
}

/// Without a status there are no subresources, whatever is said of scaling.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "ScaledWithoutStatus",
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".spec.replicas"
    )
)]
pub struct ScaledWithoutStatusSpec {
    pub replicas: i32,
}

kinds![
    Columns,
    ColumnsAsJson,
    ScaledWithoutSelector,
    Scaled,
    ScaledAsJson,
    ScaledWithoutStatus
];
