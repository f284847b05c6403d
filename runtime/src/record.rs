//! What a run was for, what it read and wrote, and how it ended.
//!
//! [`Manager::on_run`](crate::Manager::on_run) follows the runs of all controllers; the operator's log says the same of
//! those that wrote something.

use std::{fmt, sync::Arc, time::Duration};

pub use crate::{
    cause::{Cause, ObjectVersion, Source, Verb},
    diff::FieldChange,
};
use crate::{error::Write, object::NamespacedName, panics::unless_it_panics};

/// One run of a controller for one object.
///
/// ```no_run
/// # fn manager() -> myop::Manager { myop::Manager::new("shop", Vec::new()) }
/// manager().on_run(|run| {
///     for write in &run.writes {
///         eprintln!("{} wrote {write}, because of {:?}", run.object, run.causes);
///     }
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RunRecord {
    /// The controller's name.
    pub controller: &'static str,
    /// For which object.
    pub object: NamespacedName,
    /// Counted from 1: 3 after two failures in a row of one generation.
    pub attempt: u32,
    /// All that has called for it since the last run began; of very many, the first ones.
    pub causes: Vec<Cause>,
    /// From the first of these calls to the beginning of the run.
    pub waited: Duration,
    /// How long it took.
    pub took: Duration,
    /// What was asked of the cache, in order.
    pub reads: Vec<ReadRecord>,
    /// What was sent to the API server, in order.
    pub writes: Vec<WriteRecord>,
    /// The fields of children that each of the last 10 runs has written, within a minute: somebody else sets them
    /// otherwise, or the reconcile never says the same twice. The log warns of it, too.
    pub flapping: Option<String>,
    /// How it ended.
    pub end: RunEnd,
}

/// What a run asked the cache for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadRecord {
    /// The kind.
    pub kind: String,
    /// The one object that was asked for; none where it was a list.
    pub object: Option<NamespacedName>,
    /// How many objects were found.
    pub found: usize,
}

/// What a run wrote.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WriteRecord {
    /// Which part of the object.
    pub write: Write,
    /// The object's kind.
    pub kind: String,
    /// The object.
    pub object: NamespacedName,
    /// What came of it.
    pub effect: Effect,
}

/// What came of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// The cache knew no such object.
    Created,
    /// These fields are different from what the cache had. What is in a Secret is not told.
    Changed(Vec<FieldChange>),
    /// As `Changed`, where the same was wanted before: somebody else had changed it.
    Corrected(Vec<FieldChange>),
    /// All was so already, as it is for a child after a restart.
    Unchanged,
    /// The object is deleted, or will be once its finalizers are gone.
    Deleted,
    /// It was refused, by the API server or before it was sent, or there was no answer.
    Failed,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunEnd {
    /// There was nothing to do: the object is gone or just going, is to be left alone, or waits for the finalizers of
    /// others.
    Idle,
    /// All was done.
    Done,
    /// All was done, and it comes back after this time.
    RequeueAfter(Duration),
    /// Somebody else wrote the object first: it is tried again with their version.
    Conflict,
    /// It failed, and is tried again.
    Failed {
        /// The reason of the condition.
        reason: String,
        /// The message of the condition.
        message: String,
    },
    /// It failed, and is not tried again before something changes.
    Terminal {
        /// The reason of the condition.
        reason: String,
        /// The message of the condition.
        message: String,
    },
    /// It took longer than the controller's `reconcile_timeout`, and is tried again.
    TimedOut,
    /// It panicked, and is tried again.
    Panicked {
        /// What was said with the panic.
        message: String,
    },
}

impl RunEnd {
    /// Whether it failed in whatever way.
    pub fn is_failure(&self) -> bool {
        !matches!(
            self,
            Self::Idle | Self::Done | Self::RequeueAfter(_) | Self::Conflict
        )
    }
}

/// Who wants to know of every run.
#[derive(Clone, Default)]
pub(crate) struct Followers(Vec<Follower>);

type Follower = Arc<dyn Fn(&RunRecord) + Send + Sync>;

impl Followers {
    pub(crate) fn add(&mut self, follower: impl Fn(&RunRecord) + Send + Sync + 'static) {
        self.0.push(Arc::new(follower));
    }

    pub(crate) fn are_there(&self) -> bool {
        !self.0.is_empty()
    }

    pub(crate) fn tell(&self, run: &RunRecord) {
        for follower in &self.0 {
            let call = || format!("a follower of the run for {}", run.object);
            unless_it_panics(call, || follower(run));
        }
    }
}

/// More fields than a line of the log names.
const MOST_FIELDS: usize = 3;

impl fmt::Display for WriteRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.write {
            Write::Apply | Write::Delete => write!(f, "{} {}", self.kind, self.object)?,
            Write::Status => f.write_str("status")?,
            Write::Finalizers => f.write_str("finalizers")?,
        }
        match &self.effect {
            Effect::Created => f.write_str(" created"),
            Effect::Deleted => f.write_str(" deleted"),
            Effect::Unchanged => f.write_str(" unchanged"),
            Effect::Failed => f.write_str(" failed"),
            Effect::Changed(fields) | Effect::Corrected(fields) => {
                for (number, field) in fields.iter().take(MOST_FIELDS).enumerate() {
                    write!(f, "{} {field}", if number == 0 { "" } else { "," })?;
                }
                match fields.len().saturating_sub(MOST_FIELDS) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
        }
    }
}
