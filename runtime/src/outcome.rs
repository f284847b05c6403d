//! How a reconcile ends: an outcome, or a failure.

use std::time::Duration;

use crate::{
    condition::Statement,
    error::{Error, Write, chain},
};

/// What a reconcile that did its work says of its object.
///
/// The runtime makes the `Ready` condition of it, on kinds whose status is made by
/// [`#[status]`](macro@crate::status).
///
/// ```
/// use std::time::Duration;
/// use myop::Outcome;
///
/// let all_is_well = Outcome::done();
/// let with_words = Outcome::done().because("ReplicasAvailable", "2 of 2 replicas are available");
/// let not_yet = Outcome::waiting("ReplicasUnavailable", "1 of 2 replicas is available");
/// let look_again = Outcome::done().requeue_after(Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Outcome {
    pub(crate) ready: bool,
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) requeue_after: Option<Duration>,
}

impl Outcome {
    /// The object is as its spec asks: Ready=True.
    pub fn done() -> Self {
        Self {
            ready: true,
            reason: "Succeeded".into(),
            message: "reconciled".into(),
            requeue_after: None,
        }
    }

    /// All is written, but the world is not there yet: Ready=False and Reconciling=True.
    ///
    /// The reason is one word in `CamelCase`, the message is for people. What the object waits for wakes it: a change
    /// of something that it owns or watches.
    pub fn waiting(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            ready: false,
            reason: reason.into(),
            message: message.into(),
            requeue_after: None,
        }
    }

    /// Says why in the condition, in place of `Succeeded`.
    pub fn because(self, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            message: message.into(),
            ..self
        }
    }

    /// Reconciles again after this time, whether or not something happens; not at all for a time of zero.
    pub fn requeue_after(self, delay: Duration) -> Self {
        Self {
            requeue_after: Some(delay).filter(|delay| !delay.is_zero()),
            ..self
        }
    }
}

/// Why a reconcile failed, and whether trying again can help.
///
/// It becomes Ready=False with this reason and message. Without a retry it also becomes Stalled=True.
/// An author's own error type says what it means by `impl From<MyError> for Failure`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub(crate) reason: String,
    pub(crate) message: String,
    pub(crate) terminal: bool,
    pub(crate) statements: Vec<Statement>,
}

impl Failure {
    /// A failure that may pass: it is tried again after a backoff.
    pub fn retry(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            message: message.into(),
            terminal: false,
            statements: Vec::new(),
        }
    }

    /// A failure that stays until something changes: it is not tried again before that.
    pub fn terminal(reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            terminal: true,
            ..Self::retry(reason, message)
        }
    }

    /// States a condition of the author's own beside Ready, true and with the failure's message: `CreateFailed`, for
    /// example. As any, it goes with the first reconcile that does not state it.
    ///
    /// ```
    /// use myop::Failure;
    ///
    /// let failure = Failure::retry("CreateAccountFailed", "the bank is closed")
    ///     .condition("CreateFailed", "CreateAccountFailed");
    /// ```
    #[must_use]
    pub fn condition(mut self, type_: &str, reason: &str) -> Self {
        let statement = Statement::new(type_, true, reason, &self.message);
        self.statements.push(statement);
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let reason = match &error {
            Error::Write {
                write: Write::Apply,
                ..
            }
            | Error::Ownership { .. }
            | Error::Taken { .. }
            | Error::Leaving { .. } => "ApplyFailed",
            Error::Write {
                write: Write::Delete,
                ..
            } => "DeleteFailed",
            Error::Write {
                write: Write::Status,
                ..
            } => "StatusFailed",
            Error::Write {
                write: Write::Finalizers,
                ..
            } => "FinalizerFailed",
            Error::Serialize { .. } => "SerializeFailed",
        };
        let message = chain(&error);
        match error {
            Error::Ownership { .. } | Error::Serialize { .. } => Self::terminal(reason, message),
            _ => Self::retry(reason, message),
        }
    }
}

impl From<kube::Error> for Failure {
    fn from(error: kube::Error) -> Self {
        Self::retry("RequestFailed", chain(&error))
    }
}
