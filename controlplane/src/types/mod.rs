//! The built-in types: what a real API server and the Go sources tell of them.
//!
//! - [`schema`] is a kind's description for apply and strategic merge; [`resources`] is what discovery offers.
//! - `table.txt` holds a block for each type, sorted by name. Nothing of it is read before it is asked for, and each
//!   type is read once in a process. `examples/types.rs` writes it.
//! - [`Named`] is a type of it, with what Go knows beyond its schema: pointers, `omitempty`, numbers in protobuf.

mod base64;
mod body;
mod conversion;

mod defaults;
pub(crate) mod dump;
mod go;
mod internal;
mod json;
pub mod openapi;
mod patches;
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

pub use body::{Decoded, Media, Undecoded, decode, delete_options, normalize};
pub(crate) use defaults::sum_of_containers;
pub use go::Named;
pub use internal::internal;
pub use patches::{Patchable, PatchedText};
pub use protobuf::{protobuf, protobuf_event};
pub use quantity::Quantity;
pub use resources::{Resource, Subresource, resources};
pub use strategic::{Patched, strategic};
pub use untyped::{Untyped, untyped};
pub use yaml::yaml_object;

use serde_json::{Value, json};

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

/// The bytes that a `[]byte` of a valid object holds.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    base64::decoded(text.as_bytes()).unwrap_or_default()
}

/// Why bytes are no JSON object, in Go's words.
pub(crate) fn json_object_error(bytes: &[u8]) -> Option<String> {
    let no_object = |json: &json::Json| {
        (json.name() != "object" && json.name() != "null").then(|| {
            format!(
                "json: cannot unmarshal {} into Go value of type map[string]interface {{}}",
                json.name()
            )
        })
    };
    json::Json::read(bytes).map_or_else(Some, |json| no_object(&json))
}

/// The status of an object of which nothing has been seen; an empty one where the kind has none, or is not built in.
pub fn empty_status(api_version: &str, kind: &str) -> Value {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let named = self::kind(group, version, kind);
    let status = named.and_then(|named| named.field("status"));
    status.map_or_else(|| json!({}), |status| status.of.zero())
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
