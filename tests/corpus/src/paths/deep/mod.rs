//! A folder with a `mod.rs`.

pub mod below;

pub use self::below::*;
