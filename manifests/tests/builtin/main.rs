//! The table of built-in types: what it says, and what it restores in a schema.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

#[path = "../../examples/builtin/linked.rs"]
mod linked;
#[path = "../../examples/builtin/list.rs"]
mod list;
#[path = "../../examples/builtin/table.rs"]
mod table;

mod exact;
