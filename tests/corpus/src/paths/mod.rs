//! Where types stand, and by what names they are reached: files, folders, inline modules, `use` in all its forms.

pub mod circle;
pub mod deep;
pub mod file;
pub mod inline;
pub mod shadows;
pub mod uses;

#[path = "under_another_name.rs"]
pub mod renamed_file;

/// Of the folder's own file.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, schemars::JsonSchema)]
pub struct InFolder {
    pub folder: String,
}

pub use deep::below::Deepest as DeepestAgain;
