//! What came of the reconciles, for which controller-runtime has no metrics.

use super::{
    registry::{MetricError, Registry},
    series::{Counter, Gauge, Histogram},
};
use crate::{
    error::Write,
    record::{Effect, WriteRecord},
};

/// From one reconcile to a rollout that takes an hour.
const UNTIL_READY: [f64; 16] = [
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0,
    3600.0,
];

/// What came of applying a child, as a label.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Applying(pub(super) &'static str);

impl Applying {
    pub(super) const ALL: [Self; 5] = [
        Self("created"),
        Self("changed"),
        Self("corrected"),
        Self("unchanged"),
        Self("failed"),
    ];

    pub(super) fn of(write: &WriteRecord) -> Option<Self> {
        let result = match write.effect {
            Effect::Created => "created",
            Effect::Changed(_) => "changed",
            Effect::Corrected(_) => "corrected",
            Effect::Unchanged => "unchanged",
            Effect::Failed => "failed",
            Effect::Deleted => return None,
        };
        (write.write == Write::Apply).then_some(Self(result))
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
                "Children that were applied, by kind and by what came of it: created, changed, corrected (somebody else had changed it), unchanged (sent to make sure, after a restart) or failed.",
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
