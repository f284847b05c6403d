//! `default`: by the type, by a function, by the container; which of them end in the schema, and as what.

pub mod computed;
pub mod containers;
pub mod functions;
pub mod types;
