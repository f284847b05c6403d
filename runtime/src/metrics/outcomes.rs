//! What came of the reconciles, for which controller-runtime has no metrics.

use kube::Resource;

use super::{
    registry::{MetricError, Registry},
    series::{Counter, Gauge, Histogram},
};
use crate::object::Object;

/// From one reconcile to a rollout that takes an hour.
const UNTIL_READY: [f64; 16] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
    3600.0,
];

/// What came of applying a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applying {
    /// It was not there.
    Created,
    /// It was there, and something else was wanted of it.
    Changed,
    /// The same was wanted of it as before, and somebody had changed it.
    Corrected,
    /// It was as wanted.
    Unchanged,
    /// It could not be applied.
    Failed,
}

impl Applying {
    /// What an apply made of `live`, which was there before, if anything was; the same may have been wanted before.
    pub(crate) fn of<K: Object>(live: Option<&K>, answer: &K, wanted_before: bool) -> Self {
        match live.map(Resource::meta) {
            None => Self::Created,
            Some(live) if live.uid != answer.meta().uid => Self::Created,
            Some(live) if live.resource_version == answer.meta().resource_version => {
                Self::Unchanged
            }
            Some(_) if wanted_before => Self::Corrected,
            Some(_) => Self::Changed,
        }
    }

    pub(super) const ALL: [Self; 5] = [
        Self::Created,
        Self::Changed,
        Self::Corrected,
        Self::Unchanged,
        Self::Failed,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Corrected => "corrected",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }
}

/// What came of the reconciles of all controllers.
#[derive(Clone, Debug)]
pub(super) struct Outcomes {
    pub(super) applies: Counter<3>,
    pub(super) until_ready: Histogram<1>,
    pub(super) last_success: Gauge<1>,
}

impl Outcomes {
    pub(super) fn new(registry: &Registry) -> Result<Self, MetricError> {
        Ok(Self {
            applies: registry.counter(
                "myop_applies_total",
                "Children that were applied, by kind and by what came of it: created, changed, corrected (somebody else had changed it), unchanged (as a rule nothing was sent) or failed.",
                ["controller", "kind", "result"],
            )?,
            until_ready: registry.histogram(
                "myop_ready_seconds",
                "How long a generation of an object takes from when it is first seen until it is ready.",
                ["controller"],
                &UNTIL_READY,
            )?,
            last_success: registry.gauge(
                "myop_last_success_timestamp_seconds",
                "When a reconcile succeeded last, in seconds since 1970.",
                ["controller"],
            )?,
        })
    }
}
