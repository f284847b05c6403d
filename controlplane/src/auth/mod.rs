//! Who asks, and whether they may.
//!
//! A request goes through it in this order: [`User`] is who asks, known by a certificate or a token; [`impersonated`] is
//! whom they ask as; [`Attributes::of_request`] is what they want; [`Rbac::require`] refuses.
//!
//! [`Rbac`] keeps roles and bindings: the store tells it each change. [`Grant::check`] goes before each write of a role
//! or a binding, and after each change of a ClusterRole [`aggregated`] says which others change by it. [`bootstrap`] has
//! the roles and bindings of a fresh server.

mod aggregation;
mod attributes;
pub mod bootstrap;
mod escalation;
mod impersonation;
mod quoted;
mod rbac;
#[cfg(test)]
pub(crate) mod recorded;
mod reviews;
mod rule;
#[cfg(test)]
mod tests;
mod user;

pub use aggregation::aggregated;
pub use attributes::{Attributes, Resource, Target};
pub use escalation::Grant;
pub use impersonation::impersonated;
pub use rbac::{Decision, Rbac};
pub use reviews::self_subject_review;
pub use rule::Rule;
pub use user::{ANONYMOUS, AUTHENTICATED, MASTERS, UNAUTHENTICATED, User};
