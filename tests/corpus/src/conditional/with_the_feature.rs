//! The file of a module, where a feature is on.

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct InModule {
    pub with_the_feature: bool,
}
