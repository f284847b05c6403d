//! What the runtime counts of each controller, under the names of controller-runtime.

use std::{sync::Arc, time::Duration};

use k8s_openapi::jiff::Timestamp;

use super::{
    outcomes::{Applying, Outcomes},
    queues::Queues,
    registry::{MetricError, Registry},
    series::{Counter, Gauge, Histogram},
    text::float,
};
use crate::{
    record::{RunEnd, RunRecord, WriteRecord},
    workqueue::WorkQueue,
};

/// controller-runtime's buckets for a reconcile.
const RECONCILE: [f64; 40] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9,
    1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 15.0, 20.0,
    25.0, 30.0, 40.0, 50.0, 60.0,
];

/// The metrics that each controller has.
#[derive(Clone, Debug)]
pub(super) struct Controllers {
    registry: Registry,
    reconciles: Counter<2>,
    errors: Counter<1>,
    terminal_errors: Counter<1>,
    panics: Counter<1>,
    timeouts: Counter<1>,
    time: Histogram<1>,
    at_most: Gauge<1>,
    waited: Histogram<2>,
    worked: Histogram<2>,
    queues: Queues,
    outcomes: Outcomes,
}

impl Controllers {
    pub(super) fn new(registry: &Registry) -> Result<Self, MetricError> {
        let counter = |name, help| registry.counter(name, help, ["controller"]);
        Ok(Self {
            registry: registry.clone(),
            reconciles: registry.counter(
                "controller_runtime_reconcile_total",
                "Reconciles by how they ended.",
                ["controller", "result"],
            )?,
            errors: counter(
                "controller_runtime_reconcile_errors_total",
                "Reconciles that failed.",
            )?,
            terminal_errors: counter(
                "controller_runtime_terminal_reconcile_errors_total",
                "Reconciles that failed and are not tried again before something changes.",
            )?,
            panics: counter(
                "controller_runtime_reconcile_panics_total",
                "Reconciles that panicked.",
            )?,
            timeouts: counter(
                "controller_runtime_reconcile_timeouts_total",
                "Reconciles that were ended because they took too long.",
            )?,
            time: registry.histogram(
                "controller_runtime_reconcile_time_seconds",
                "How long a reconcile takes.",
                ["controller"],
                &RECONCILE,
            )?,
            at_most: registry.gauge(
                "controller_runtime_max_concurrent_reconciles",
                "How many objects are reconciled at once at most.",
                ["controller"],
            )?,
            waited: registry.histogram(
                "workqueue_queue_duration_seconds",
                "How long an object waits in the queue for its reconcile.",
                ["name", "controller"],
                &queue_buckets(),
            )?,
            worked: registry.histogram(
                "workqueue_work_duration_seconds",
                "How long an object that was taken from the queue is worked on.",
                ["name", "controller"],
                &queue_buckets(),
            )?,
            queues: Queues::new(registry)?,
            outcomes: Outcomes::new(registry)?,
        })
    }
}

/// controller-runtime's buckets for a queue, with the rounding of its arithmetic: from 10 ns on, each ten times the last.
fn queue_buckets() -> Vec<f64> {
    let tenfold = |bound: &f64| Some(bound * 10.0);
    std::iter::successors(Some(1e-8), tenfold)
        .take(12)
        .collect()
}

/// What is counted of one controller. It is there from the start, with 0.
#[derive(Debug)]
pub(crate) struct ControllerMetrics {
    name: &'static str,
    all: Controllers,
}

impl ControllerMetrics {
    pub(super) fn new(all: &Controllers, name: &'static str, queue: Arc<WorkQueue>) -> Self {
        for result in ["success", "error", "requeue", "requeue_after"] {
            all.reconciles.add([name, result], 0);
        }
        for counter in [
            &all.errors,
            &all.terminal_errors,
            &all.panics,
            &all.timeouts,
        ] {
            counter.add([name], 0);
        }
        all.time.begin([name]);
        all.outcomes.until_ready.begin([name]);
        all.waited.begin([name; 2]);
        all.worked.begin([name; 2]);
        all.queues.add(name, queue);
        let all = all.clone();
        Self { name, all }
    }

    /// It reconciles this many objects at once at most.
    pub(crate) fn runs_at_most(&self, concurrency: usize) {
        self.all.at_most.set([self.name], float(concurrency as u64));
    }

    /// A run has ended, at this time of day. No page has what it counts without what `end` makes of it in the queue.
    pub(crate) fn ran(&self, run: &RunRecord, now: Timestamp, end: impl FnOnce()) {
        self.all.registry.at_once(|| {
            self.count(run, now);
            end();
        });
    }

    fn count(&self, run: &RunRecord, now: Timestamp) {
        let (name, all) = (self.name, &self.all);
        all.waited.observe([name; 2], run.waited);
        all.time.observe([name], run.took);
        all.worked.observe([name; 2], run.took);
        let result = match run.end {
            RunEnd::Idle | RunEnd::Done => "success",
            RunEnd::RequeueAfter(_) => "requeue_after",
            RunEnd::Conflict => "requeue",
            _ => "error",
        };
        all.reconciles.inc([name, result]);
        match run.end {
            RunEnd::Terminal { .. } => all.terminal_errors.inc([name]),
            RunEnd::Panicked { .. } => all.panics.inc([name]),
            RunEnd::TimedOut => all.timeouts.inc([name]),
            _ => {}
        }
        if run.end.is_failure() {
            all.errors.inc([name]);
        } else {
            let now = now.as_duration().as_secs_f64();
            all.outcomes.last_success.set([name], now);
        }
        for write in &run.writes {
            self.applied(write);
        }
    }

    fn applied(&self, write: &WriteRecord) {
        let Some(what) = Applying::of(write) else {
            return;
        };
        // All results of a kind are there from the first one on, with 0.
        for result in Applying::ALL {
            let labels = [self.name, &write.kind, result.0];
            let more = u64::from(result == what);
            self.all.outcomes.applies.add(labels, more);
        }
    }

    /// A generation of an object is ready, after this time.
    pub(crate) fn ready_after(&self, took: Duration) {
        self.all.outcomes.until_ready.observe([self.name], took);
    }
}
