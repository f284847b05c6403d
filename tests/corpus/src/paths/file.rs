//! A module in a file beside its folder's `mod.rs`, with a folder of its own.

pub mod inside;

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct InFile {
    pub file: String,
    pub inside: inside::InsideFile,
}
