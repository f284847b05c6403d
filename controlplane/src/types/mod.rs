//! The built-in types: what a real API server and the Go sources tell of them.
//!
//! - [`schema`] is a kind's description for apply and strategic merge; [`resources`] is what discovery offers.
//! - `table.txt` holds a block for each type, sorted by name. Nothing of it is read before it is asked for, and each
//!   type is read once in a process. `examples/types.rs` writes it.
//! - [`Named`] is a type of it, with what Go knows beyond its schema: pointers, `omitempty`, numbers in protobuf.

mod base64;
mod body;

mod defaults;
mod go;
mod json;
pub mod openapi;
mod protobuf;
mod quantity;
mod resources;
mod schemas;
mod strategic;
mod table;
mod time;
mod unmarshal;
mod unstructured;
mod untyped;
mod yaml;
mod zero;

pub use body::{Decoded, Media, decode, normalize};
pub use go::Named;
pub use protobuf::{protobuf, protobuf_event};
pub use quantity::Quantity;
pub use resources::{Resource, Subresource, resources};
pub use strategic::{Patched, strategic};
pub use untyped::{Untyped, untyped};

use crate::SchemaRef;

/// The type of a kind; none where it is not built in.
///
/// `DeleteOptions`, `Status`, `Scale` and the reviews are kinds here, too.
///
/// ```
/// use myop_controlplane::{Shape, types};
///
/// let deployment = types::kind("apps", "v1", "Deployment").expect("it is built in");
/// let Shape::Object(fields) = &deployment.schema().shape else { panic!("it has fields") };
/// assert!(fields.fields.contains_key("spec"));
/// ```
pub fn kind(group: &str, version: &str, kind: &str) -> Option<&'static Named> {
    let package = match group.split('.').next() {
        None | Some("") => "core",
        Some(package) => package,
    };
    let own = Named::of(&format!("{package}.{version}.{kind}"));
    own.or_else(|| Named::of(&format!("meta.v1.{kind}")))
}

/// The schema of a kind; none where it is not built in.
pub fn schema(group: &str, version: &str, kind: &str) -> Option<SchemaRef> {
    self::kind(group, version, kind).map(SchemaRef::from)
}

/// `apps/v1`, or `v1` for the core.
fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;
