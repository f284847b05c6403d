//! What can go wrong between an operator and its API server.

use std::error::Error as StdError;

use thiserror::Error;

use crate::object::NamespacedName;

/// Any error, for places that only report it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A write of the operator that failed, or that it refused to send.
///
/// The text says what was tried on which object; why it failed is the [source](StdError::source).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A child could not be applied.
    #[error("cannot apply {kind} {object}")]
    Apply {
        /// The child's kind.
        kind: String,
        /// The child.
        object: NamespacedName,
        /// The API server's answer, or why there was none.
        source: kube::Error,
    },
    /// A child could not be deleted.
    #[error("cannot delete {kind} {object}")]
    Delete {
        /// The child's kind.
        kind: String,
        /// The child.
        object: NamespacedName,
        /// The API server's answer, or why there was none.
        source: kube::Error,
    },
    /// An object could not be turned into JSON.
    #[error("cannot serialize {kind} {object}")]
    Serialize {
        /// The object's kind.
        kind: String,
        /// The object.
        object: NamespacedName,
        /// The serializer's reason.
        source: serde_json::Error,
    },
    /// The status could not be written.
    #[error("cannot write the status of {kind} {object}")]
    Status {
        /// The object's kind.
        kind: String,
        /// The object.
        object: NamespacedName,
        /// The API server's answer, or why there was none.
        source: kube::Error,
    },
    /// A finalizer could not be added or removed.
    #[error("cannot write the finalizers of {kind} {object}")]
    Finalizer {
        /// The object's kind.
        kind: String,
        /// The object.
        object: NamespacedName,
        /// The API server's answer, or why there was none.
        source: kube::Error,
    },
    /// A child without a name, or in a place where its owner cannot own it.
    ///
    /// An owner must be cluster-scoped or in its child's namespace
    /// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/>).
    #[error("cannot own {kind} {object}: {reason}")]
    Ownership {
        /// The child's kind.
        kind: String,
        /// The child.
        object: NamespacedName,
        /// What is wrong, and what to write instead.
        reason: String,
    },
}

/// The error's text with those of its causes, each said once.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        cause = error.source();
    }
    text
}
