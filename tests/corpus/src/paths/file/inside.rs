//! `file/inside.rs`, below `file.rs`.

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct InsideFile {
    pub folder: Box<super::super::InFolder>,
}
