//! A Kubernetes API server to embed: for tests and development, with nothing installed but Rust.
//!
//! What it implements behaves as kube-apiserver does, to the status, the reason, the message and the object afterwards;
//! what it does not implement answers 501 and names it.

pub mod apply;
pub mod auth;
mod control_plane;
mod controllers;
mod core;
pub mod crd;
mod deep;
mod field_error;
mod go;
mod in_process;
mod re2;
mod refusal;
mod schema;
mod serve;
pub mod table;
pub mod types;

pub use crate::core::{Answer, Core, Reply, RunningControllers, Settings, Told, Watch};
pub use control_plane::{ControlPlane, Options};
pub use field_error::{BadValue, FieldError, FieldReason};
pub use in_process::InProcess;
pub use refusal::{Refusal, Subject};
pub use schema::{Field, Object, Patch, Scalar, Schema, SchemaRef, Shape, Topology};
