//! The table of built-in types: what it says, and what it restores in a schema.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../../examples/tables/linked.rs"]
mod linked;
#[path = "../../examples/tables/list.rs"]
mod list;
#[path = "../../examples/tables/table.rs"]
mod table;

mod exact;
mod restored;
