//! Words of a schema that no CRD has: kube leaves them out, and who reads the sources tells of them.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "Lost")]
pub struct LostSpec {
    #[schemars(extend("readOnly" = true))]
    pub name: String,
    pub inner: Inner,
    pub again: Vec<Inner>,
    pub choice: Choice,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[schemars(extend("x-kubernetes-map-typ" = "atomic", "x-of-another-tool" = 1))]
pub struct Inner {
    pub name: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Choice {
    One {
        #[schemars(extend("minLenght" = 1))]
        name: String,
    },
}

/// A type of no kind, in which other words are good for something else.
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Elsewhere {
    #[schemars(extend("readOnly" = true))]
    pub name: String,
}

kinds![Lost];
