use myop::{resource, status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// MyApp runs a container image with the organisation's defaults.
#[resource(
    group = "example.com",
    version = "v1alpha1",
    kind = "MyApp",
    namespaced,
    status = MyAppStatus,
    shortname = "ma",
    printcolumn(name = "Replicas", type_ = "integer", json_path = ".spec.replicas"),
    printcolumn(name = "Phase", type_ = "string", json_path = ".status.phase"),
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type==\"Ready\")].status"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp")
)]
pub struct MyAppSpec {
    /// The image to run.
    #[schemars(length(min = 1))]
    pub image: String,
    /// The arguments of its entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// How many replicas to run. Where it is not set, the count is left to whoever scales the Deployment.
    #[schemars(range(min = 0))]
    pub replicas: Option<i32>,
    /// The exact version to be deployed: the tag of an image that is named without one.
    #[schemars(
        length(min = 1, max = 63),
        pattern("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
    )]
    pub version: Option<String>,
}

/// What the operator has seen of a MyApp.
#[status]
pub struct MyAppStatus {
    /// Whether all replicas run the wanted version and are available.
    pub healthy: bool,
    /// What keeps it from being healthy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Where it stands, in one word.
    pub phase: Option<Phase>,
}

impl MyApp {
    /// The phase in a word; one that is ignored has none.
    pub(crate) fn phase(&self) -> [String; 1] {
        let phase = self.status.as_ref().and_then(|status| status.phase);
        [phase.map_or("None".into(), |phase| format!("{phase:?}"))]
    }
}

/// Where a MyApp stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Phase {
    Pending,
    Progressing,
    Running,
    Failed,
}
