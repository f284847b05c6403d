//! Who asks, and whether they may.
//!
//! A request goes through it in this order: [`Verifier::authenticate`] says which [`User`] asks; [`impersonated`] is
//! whom they ask as; [`Attributes::of_request`] is what they want; [`Rbac::require`] refuses.
//!
//! [`Rbac`] keeps roles and bindings: the store tells it each change. [`Grant::check`] goes before each write of a role
//! or a binding. [`bootstrap`] has the roles and bindings of a fresh server.
//!
//! Some kinds are not kept but answered: a [`TokenRequest`] by a token that the server's [`Issuer`] signs, a TokenReview by
//! [`Verifier::review`], the access reviews by [`Review::create`], and what one may know of oneself by
//! [`self_subject_review`] and [`self_subject_rules_review`].

mod access_review;
mod attributes;
pub mod bootstrap;
mod escalation;
mod impersonation;
mod issuer;
mod quoted;
mod rbac;
#[cfg(test)]
pub(crate) mod recorded;
#[cfg(test)]
mod review_tests;
mod reviews;
mod rule;
#[cfg(test)]
mod tests;
mod token_request;
mod token_review;
mod user;

pub use access_review::Review;
pub use attributes::{Attributes, Resource, Target};
pub use escalation::Grant;
pub use impersonation::impersonated;
pub use issuer::Issuer;
pub use rbac::{Decision, Rbac};
pub use reviews::{self_subject_review, self_subject_rules_review};
pub use rule::Rule;
pub use token_request::{Lookup, TokenRequest};
pub use token_review::Verifier;
pub use user::{ANONYMOUS, AUTHENTICATED, MASTERS, UNAUTHENTICATED, User};
