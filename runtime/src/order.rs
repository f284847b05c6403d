//! The order in which a controller takes the objects that wait for a reconcile.
//!
//! An order gives each of them a rank, and the lowest is next. [`Priority`] is what a controller has unless it says
//! otherwise: `queue = order::ByName` in its `#[controller(...)]` is another, and so is one of the author's own:
//!
//! ```
//! use myop::order::{Order, Waiting};
//! use tokio::time::Instant;
//!
//! /// The namespaces of paying customers first, and then first come, first served.
//! struct PayingFirst;
//!
//! impl Order for PayingFirst {
//!     type Rank = (bool, Instant);
//!
//!     fn rank(&self, waiting: &Waiting<'_>) -> Self::Rank {
//!         let namespace = waiting.key.namespace.as_deref().unwrap_or_default();
//!         (!namespace.starts_with("paying-"), waiting.since)
//!     }
//! }
//! ```
//!
//! Only what may run now is ranked: an object whose reconcile is under way, or that waits for its backoff, for the time
//! it asked for or for the watch to show what it wrote, is not. With one worker (`--max-concurrent-reconciles=1`, the
//! default) objects are reconciled in exactly this order; several workers begin in it.

use std::time::Duration;

use tokio::time::Instant;

use crate::object::NamespacedName;

/// The priority of what was there when the operator started, and of a resync; what changes has 0. It is that of
/// controller-runtime (`handler.LowPriority`).
pub const LOW_PRIORITY: i32 = -100;

/// An object that waits for a reconcile.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Waiting<'a> {
    /// Which object.
    pub key: &'a NamespacedName,
    /// The highest priority of all that calls for the reconcile: 0, or [`LOW_PRIORITY`].
    pub priority: i32,
    /// When it was called for first since the last one began.
    pub since: Instant,
}

/// In which order a controller takes the objects that wait for a reconcile.
pub trait Order: Send + Sync + 'static {
    /// What is compared: the lowest is next. Of two that are equal, the one that has waited longer is.
    type Rank: Ord + Send + Sync + 'static;

    /// The rank of this object. It is asked for once, when the object begins to wait or its priority rises.
    ///
    /// An object whose rank cannot be told because this panics is next.
    fn rank(&self, waiting: &Waiting<'_>) -> Self::Rank;
}

/// What changed before what was there at the start, as in controller-runtime; else first come, first served.
///
/// A point of priority is worth a second of waiting, so nothing starves: an object of the initial list is passed by
/// what changes for 100 s, and by nothing after that.
#[derive(Clone, Copy, Debug, Default)]
pub struct Priority;

impl Order for Priority {
    type Rank = Instant;

    fn rank(&self, waiting: &Waiting<'_>) -> Instant {
        let since = waiting.since;
        let points = Duration::from_secs(waiting.priority.unsigned_abs().into());
        let moved = if waiting.priority < 0 {
            since.checked_add(points)
        } else {
            since.checked_sub(points)
        };
        moved.unwrap_or(since)
    }
}

/// First come, first served, whatever the priority.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstCome;

impl Order for FirstCome {
    type Rank = Instant;

    fn rank(&self, waiting: &Waiting<'_>) -> Instant {
        waiting.since
    }
}

/// By name and then by namespace, byte by byte: `app-10` comes before `app-2`.
///
/// It is strict, so it can starve: objects with early names that are woken again and again leave no turn to late ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByName;

impl Order for ByName {
    type Rank = (String, Option<String>);

    fn rank(&self, waiting: &Waiting<'_>) -> Self::Rank {
        (waiting.key.name.clone(), waiting.key.namespace.clone())
    }
}
