//! Labels and annotations of the definition.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "Annotated",
    annotation("example.com/team", "web"),
    annotation("example.com/empty", ""),
    label("team", "web"),
    label("app.kubernetes.io/part-of", "corpus")
)]
pub struct AnnotatedSpec {
    pub a: String,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(
    group = "example.com",
    version = "v1",
    kind = "LabeledTwice",
    label("team", "web"),
    label("team", "other")
)]
pub struct LabeledTwiceSpec {
    pub a: String,
}

kinds![Annotated, LabeledTwice];
