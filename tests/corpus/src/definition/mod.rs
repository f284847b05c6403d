//! What `#[kube(...)]` says of the definition around the schema.

pub mod access;
pub mod columns;
pub mod names;
pub mod shape;
pub mod versions;
