//! What can go wrong between an operator and its API server.

use std::{error::Error as StdError, fmt};

use kube::core::Status;
use thiserror::Error;

use crate::object::{NamespacedName, Object, kind_of};

/// Any error, for places that only report it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// A write of the operator that failed, or that it refused to send.
///
/// The text says what was tried on which object; why it failed is the [source](StdError::source).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The API server refused a write, or could not be asked.
    #[error("cannot {write} {kind} {object}")]
    Write {
        /// What was to be written.
        write: Write,
        /// The object's kind.
        kind: String,
        /// The object.
        object: NamespacedName,
        /// The API server's answer, or why there was none.
        source: Box<kube::Error>,
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
    /// A child that is another object's child already: an object has one controller at most.
    #[error("cannot own {kind} {object}: {by} controls it")]
    Taken {
        /// The child's kind.
        kind: String,
        /// The child.
        object: NamespacedName,
        /// The kind and the name of the object that controls it.
        by: String,
    },
    /// A child without an owner, while the reconciled object is on its way out or gone, whatever the cache still says of
    /// it: the child may have been left behind on purpose.
    ///
    /// It need not be handled: the run ends there, as one that had nothing to do.
    #[error("cannot own {kind} {object}: its owner is being deleted")]
    Leaving {
        /// The child's kind.
        kind: String,
        /// The child.
        object: NamespacedName,
    },
}

impl Error {
    pub(crate) fn write<K: Object>(
        write: Write,
        object: &NamespacedName,
        source: kube::Error,
    ) -> Self {
        Self::Write {
            write,
            kind: kind_of::<K>(),
            object: object.clone(),
            source: source.into(),
        }
    }

    /// Whether somebody else wrote the object first. Their version is on its way.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Write { source, .. } if matches!(&**source, kube::Error::Api(status) if status.code == 409))
    }

    pub(crate) fn serialize<K: Object>(object: &NamespacedName, source: serde_json::Error) -> Self {
        Self::Serialize {
            kind: kind_of::<K>(),
            object: object.clone(),
            source,
        }
    }
}

/// What an operator writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// A child, as it should be.
    Apply,
    /// A child that should not be.
    Delete,
    /// The status of the reconciled object.
    Status,
    /// The finalizers of the reconciled object.
    Finalizers,
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Apply => "apply",
            Self::Delete => "delete",
            Self::Status => "write the status of",
            Self::Finalizers => "write the finalizers of",
        })
    }
}

/// The error's text with those of its causes, each said once: what a condition's message says of it.
///
/// ```
/// let error = std::str::from_utf8(&[0xff]).map_err(std::io::Error::other).unwrap_err();
/// assert_eq!(myop::chain(&error), "invalid utf-8 sequence of 1 bytes from index 0");
/// ```
pub fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = words_of(error);
    let mut cause = cause_of(error);
    while let Some(error) = cause {
        let part = words_of(error);
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        cause = cause_of(error);
    }
    text
}

/// What kube says of an answer is its whole Status, in Rust's notation.
fn words_of(error: &(dyn StdError + 'static)) -> String {
    match answer_in(error) {
        Some(status) => status.message.clone(),
        None => error.to_string(),
    }
}

fn cause_of<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    error.source().filter(|_| answer_in(error).is_none())
}

fn answer_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Status> {
    let boxed = error.downcast_ref::<Box<kube::Error>>();
    match boxed.map(|boxed| &**boxed).or(error.downcast_ref()) {
        Some(kube::Error::Api(status)) => Some(status),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::ConfigMap;

    #[test]
    fn an_answer_is_said_in_its_own_words() {
        let name = NamespacedName {
            namespace: Some("default".into()),
            name: "shop".into(),
        };
        let answer = Status::failure("the name is taken", "Conflict").with_code(409);
        let error =
            Error::write::<ConfigMap>(Write::Apply, &name, kube::Error::Api(answer.boxed()));
        assert_eq!(
            chain(&error),
            "cannot apply ConfigMap default/shop: the name is taken"
        );
    }
}
