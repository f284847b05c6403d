//! Custom kinds: what the server makes of a CustomResourceDefinition, and of objects of its kind.
//!
//! [`Compiled`] is a version of a kind, read once; all else are its parts. Everything is a function of values.
//!
//! What a real server answered lies in `recorded`; `examples/record_crd.rs` asks one again.

mod columns;
mod compiled;
mod correlation;
mod defaulting;
pub mod definition;
mod field_paths;
mod formats;
mod json_path;
mod keywords;
mod list_types;
mod names;
mod object_meta;
mod path;
mod pruning;
mod rules;
mod scale;
mod schema;
mod structural;
#[cfg(test)]
mod tests;

pub use columns::Columns;
pub use compiled::{Checked, Compiled, Decoded, Kind};
pub use scale::ScalePaths;
