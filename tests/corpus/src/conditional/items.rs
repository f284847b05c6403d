//! What is there only under a condition.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[cfg(feature = "on")]
use std::collections::BTreeMap as Conditional;
#[cfg(not(feature = "on"))]
use std::collections::BTreeSet as Conditional;

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ConditionalFields")]
pub struct ConditionalFieldsSpec {
    #[cfg(feature = "on")]
    pub on: String,
    #[cfg(feature = "off")]
    pub off: String,
    #[cfg(feature = "implied")]
    pub implied: String,
    #[cfg(not(feature = "off"))]
    pub not_off: String,
    #[cfg(any(feature = "off", feature = "on"))]
    pub any: String,
    #[cfg(all(feature = "off", feature = "on"))]
    pub all: String,
    #[cfg(not(any()))]
    pub always: String,
    #[cfg(any())]
    pub never: String,
    #[cfg(not(all(feature = "on", not(feature = "off"))))]
    pub nested: String,
    #[cfg(test)]
    pub test: String,
    #[cfg(not(test))]
    pub not_test: String,
    #[cfg(unix)]
    pub unix: String,
    #[cfg(windows)]
    pub windows: String,
    #[cfg(target_os = "linux")]
    pub linux: String,
    #[cfg(target_pointer_width = "64")]
    pub wide: String,
    #[cfg(feature = "on")]
    #[cfg(feature = "off")]
    pub both: String,
    #[cfg(true)]
    pub literally: String,
    pub conditional: Conditional<String, u8>,
}

#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "ConditionalTypes")]
pub struct ConditionalTypesSpec {
    pub chosen: Chosen,
    pub choice: ConditionalVariants,
    pub module: module::InModule,
    pub by_file: file_of_the_feature::InModule,
}

#[cfg(feature = "off")]
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Chosen {
    pub wrong: String,
}

#[cfg(not(feature = "off"))]
#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub struct Chosen {
    pub right: String,
}

#[derive(Serialize, Deserialize, Clone, Debug, JsonSchema)]
pub enum ConditionalVariants {
    Always,
    #[cfg(feature = "on")]
    On,
    #[cfg(feature = "off")]
    Off,
}

#[cfg(feature = "off")]
pub mod module {
    #[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
    pub struct InModule {
        pub wrong: bool,
    }
}

#[cfg(not(feature = "off"))]
pub mod module {
    #[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
    pub struct InModule {
        pub module: bool,
    }
}

#[cfg_attr(feature = "on", path = "with_the_feature.rs")]
pub mod file_of_the_feature;

/// A kind that isn't there.
#[cfg(feature = "off")]
#[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
#[kube(group = "example.com", version = "v1", kind = "NotThere")]
pub struct NotThereSpec {
    pub a: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(CustomResource, Serialize, Deserialize, Clone, Debug, JsonSchema)]
    #[kube(group = "example.com", version = "v1", kind = "OnlyInTests")]
    pub struct OnlyInTestsSpec {
        pub a: String,
    }
}

kinds![ConditionalFields, ConditionalTypes];
