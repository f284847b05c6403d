//! Words of variants, and an enum that has none. Units beside other variants kube refuses: see `refused`.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NoVariants")]
pub struct NoVariantsSpec {
    pub never: Option<Never>,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum Never {}

/// Words with every kind of lines.
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "LongVariantDocs")]
pub struct LongVariantDocsSpec {
    pub choice: LongDocs,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum LongDocs {
    /// The first line,
    /// and the second.
    ///
    /// - a list
    ///   that goes on
    A {
        /// Words
        ///
        /// of a field.
        a: String,
    },
    #[doc = "By an attribute"]
    B(String),
}

kinds![NoVariants, LongVariantDocs];
