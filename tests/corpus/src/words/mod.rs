//! Words: doc comments in all their forms, and the attributes that say more than they do.

pub mod attributes;
pub mod blocks;
pub mod comments;
