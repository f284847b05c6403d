//! Types of std that schemars knows, and those of serde_json.

pub mod collections;
pub mod json;
pub mod others;
pub mod scalars;
pub mod wrappers;
