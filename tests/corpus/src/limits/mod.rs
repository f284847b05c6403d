//! Limits on values: by schemars, in validator's words, in garde's.

pub mod numbers;
pub mod others;
pub mod texts;
