//! Server-side apply, and who owns which fields of an object (`metadata.managedFields`).
//!
//! Pure functions on values and their [`Schema`](crate::Schema). What a write calls:
//!
//! - create, update, and every patch but apply: [`track`], with the object as it was decoded and defaulted, before
//!   anything else is done to it (status reset, uid, admission);
//! - apply: [`apply`]; what it returns is decoded and defaulted again like any other object;
//! - at the end of each update, once the object is as it would be stored: [`keep_times`].
//!
//! The rules are those of structured-merge-diff and of apimachinery's `util/managedfields`. How they are parted:
//!
//! - [`FieldSet`] and [`Element`]: sets of paths, and their JSON (`fields_v1`);
//! - `atom`: a schema as structured merge sees it; `check`, `owned`, `compare`, `merge`, `remove`, `reconcile`: what is
//!   done to values by it;
//! - `entry`, `entries`: managedFields; `track`, `applying`, `prune`: how a write changes them, and what is lost by it;
//!   `conflict`, `last_applied`, `scale`, `times`, `ignored`, `zero`: what else there is to it.
//!
//! Two managers who want different values of one field are in conflict:
//!
//! ```
//! use jiff::Timestamp;
//! use myop_controlplane::{
//!     Schema, Shape,
//!     apply::{self, FieldSet, Target, Writer},
//! };
//! use serde_json::json;
//!
//! let schema = Schema::from(Shape::Any);
//! let ignored = FieldSet::default();
//! let target = Target {
//!     schema: &schema,
//!     api_version: "v1",
//!     kind: "ConfigMap",
//!     versions: &[],
//!     others: &[],
//!     built_in: false,
//!     ignored: &ignored,
//! };
//! let writer = |manager| Writer { manager, subresource: "", now: Timestamp::UNIX_EPOCH };
//! let configuration = |value| {
//!     json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"key": value}})
//! };
//! let live = apply::apply(&target, None, &configuration("one"), &writer("first"), false)?;
//! assert_eq!(live["metadata"]["managedFields"][0]["manager"], "first");
//!
//! let refusal = apply::apply(&target, Some(&live), &configuration("two"), &writer("second"), false);
//! let message = "Apply failed with 1 conflict: conflict with \"first\": .data.key";
//! assert_eq!(refusal.unwrap_err().message, message);
//! # Ok::<(), myop_controlplane::Refusal>(())
//! ```

mod applying;
mod atom;
mod check;
mod compare;
mod conflict;
mod element;
mod entries;
mod entry;
mod entry_errors;
mod fields;
mod fields_v1;
mod go;
mod ignored;
mod last_applied;
mod merge;
mod owned;
mod problem;
mod prune;
mod reconcile;
mod remove;
mod scale;
mod target;
mod times;
mod track;
mod zero;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;

pub use self::{
    applying::apply,
    element::Element,
    entry_errors::{entry_errors, manager_errors},
    fields::FieldSet,
    ignored::{ignored, ignored_of_custom},
    scale::{Replicas, from_scale, to_scale},
    target::{Target, Writer, manager_name},
    times::keep_times,
    track::track,
};
