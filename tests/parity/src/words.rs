//! What is said of fields and types.
//!
//! A doc comment is the description.

use myop::resource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is said of a kind.
#[resource(group = "example.com", version = "v1", kind = "Word", namespaced)]
pub struct WordSpec {
    /// What it is called.
    ///
    /// Over several paragraphs.
    pub name: String,
    #[schemars(title = "The colour")]
    pub color: String,
    #[schemars(example = &"red")]
    pub paint: String,
    #[schemars(example = [80, 443])]
    pub ports: Vec<i32>,
    #[schemars(extend("externalDocs" = { "url": "https://example.com/size", "description": "More on sizes" }))]
    pub size: String,
    pub shape: Shape,
}

/// What it looks like.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[schemars(title = "Shape", extend("externalDocs" = { "url": "https://example.com/shape" }))]
pub struct Shape {
    pub corners: i32,
}
