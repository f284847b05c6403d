//! `cfg` and `cfg_attr`: on items, fields, variants and attributes.

pub mod attributes;
pub mod items;
