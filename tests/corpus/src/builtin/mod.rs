//! Types of k8s-openapi, alone, optional, in lists and maps, with and without words of the field's own.

pub mod core;
pub mod meta;
