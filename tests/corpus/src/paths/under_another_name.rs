//! A module whose file has another name.

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct Elsewhere {
    pub elsewhere: u8,
}
