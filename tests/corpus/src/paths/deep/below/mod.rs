//! The deepest folder.

/// In the deepest folder.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct Deepest {
    pub deepest: bool,
}

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct ByGlob {
    pub glob: super::super::InFolder,
}
