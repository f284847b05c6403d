//! What myop's attributes mean: the one reader of `#[resource]`, `#[status]`, `#[derive(Controller)]` and
//! `#[myop::test]`.
//!
//! Syntax goes in, a typed model comes out, and with it every mistake as data with its place in
//! the source. The macros turn a model into code and its mistakes into compiler errors; the
//! command line uses the same rules of names, so the two can't disagree.
//!
//! - [`Resource`] is what `#[resource(...)]` says, [`Status`] what `#[status]` says, and
//!   [`Controller`] what `#[controller(...)]` says, with its [`Owned`] kinds, its [`Watch`]es, its [`Label`], its
//!   [`Rule`]s and its [`Setting`]s; [`Test`] is what `#[myop::test]` says.
//! - [`Schema`] is what `#[schema(...)]` says, in words of serde, schemars and kube.
//! - [`Resource::plain`] and [`Status::plain`] are the structs in the words of kube, schemars and serde.
//! - Each is made by its `read`, which returns a [`Reading`]: as much as could be understood, and
//!   the [`Error`]s. Nothing stops at the first mistake.
//! - Inside, `arguments` splits an attribute into named arguments and reports the unknown ones,
//!   `value` reads what stands behind a name, `nearest` guesses what was meant, and `places` knows
//!   where it belongs.
//! - `field` finds misspelt keys of the attributes of serde, schemars and kube, and `extend` those of schemas.
//! - [`Place::all`] has every argument in words: the reference and the macros' documentation are made of them.
//! - [`names`] has the rules of names, of Kubernetes, Rust and cargo.

mod access;
mod arguments;
mod case;
mod controller;
mod error;
mod extend;
mod field;
mod item;
pub mod names;
mod nearest;
mod owned;
mod places;
mod plain;
mod resource;
mod schema;
mod status;
mod test;
mod value;
mod watch;

pub use access::Rule;
pub use case::Case;
pub use controller::{Controller, Label, Setting};
pub use error::{Error, Reading};
pub use extend::{RULE_KEYS, extension_errors};
pub use nearest::nearest;
pub use owned::Owned;
pub use places::{Described, Place};
pub use resource::Resource;
pub use schema::Schema;
pub use status::Status;
pub use test::Test;
pub use watch::{Wakes, Watch};
