//! Enums of the four taggings, with variants of the four shapes.

pub mod adjacent;
pub mod documented;
pub mod external;
pub mod held;
pub mod internal;
pub mod plain;
pub mod untagged;
