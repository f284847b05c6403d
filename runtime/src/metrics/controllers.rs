//! What the runtime counts of each controller, under the names of controller-runtime.

use std::{sync::Arc, time::Duration};

use k8s_openapi::jiff::Timestamp;
use tokio::time::Instant;

use super::{
    outcomes::{Applying, Outcomes},
    queues::Queues,
    registry::{MetricError, Registry},
    series::{Counter, Gauge, Histogram},
    text::float,
};
use crate::{queue::Verdict, workqueue::WorkQueue};

/// controller-runtime's buckets for a reconcile.
const RECONCILE: [f64; 40] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9,
    1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 15.0, 20.0,
    25.0, 30.0, 40.0, 50.0, 60.0,
];

/// The metrics that each controller has.
#[derive(Clone, Debug)]
pub(super) struct Controllers {
    reconciles: Counter<2>,
    errors: Counter<1>,
    terminal_errors: Counter<1>,
    panics: Counter<1>,
    timeouts: Counter<1>,
    time: Histogram<1>,
    at_most: Gauge<1>,
    active: Gauge<1>,
    waited: Histogram<2>,
    worked: Histogram<2>,
    queues: Queues,
    outcomes: Outcomes,
}

impl Controllers {
    pub(super) fn new(registry: &Registry) -> Result<Self, MetricError> {
        let counter = |name, help| registry.counter(name, help, ["controller"]);
        Ok(Self {
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
            active: registry.gauge(
                "controller_runtime_active_workers",
                "How many objects are reconciled right now.",
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
        all.active.set([name], 0.0);
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

    /// A key has left the queue after this time.
    pub(crate) fn waited(&self, time: Duration) {
        self.all.waited.observe([self.name; 2], time);
    }

    /// A run has begun. It counts as one under way until what is returned is dropped, however it ends.
    pub(crate) fn started(&self) -> UnderWay<'_> {
        self.all.active.add([self.name], 1.0);
        UnderWay {
            metrics: self,
            since: Instant::now(),
        }
    }

    /// A run has ended like this, at this time of day.
    pub(crate) fn finished(&self, verdict: Verdict, now: Timestamp) {
        let name = self.name;
        let result = match verdict {
            Verdict::Done => "success",
            Verdict::After(_) => "requeue_after",
            Verdict::Retry | Verdict::GiveUp => "error",
        };
        self.all.reconciles.inc([name, result]);
        if result == "error" {
            self.all.errors.inc([name]);
        } else {
            let now = now.as_duration().as_secs_f64();
            self.all.outcomes.last_success.set([name], now);
        }
        if verdict == Verdict::GiveUp {
            self.all.terminal_errors.inc([name]);
        }
    }

    /// Children of this kind were applied.
    pub(crate) fn applied(&self, kind: &str, what: Applying) {
        for result in Applying::ALL {
            let more = u64::from(result == what);
            let labels = [self.name, kind, result.as_str()];
            self.all.outcomes.applies.add(labels, more);
        }
    }

    /// A generation of an object is ready, after this time.
    pub(crate) fn ready_after(&self, took: Duration) {
        self.all.outcomes.until_ready.observe([self.name], took);
    }

    /// A run was ended because it took too long.
    #[expect(dead_code, reason = "the timeout of a reconcile is to call it")]
    pub(crate) fn timed_out(&self) {
        self.all.timeouts.inc([self.name]);
    }

    /// The author's code has panicked.
    pub(crate) fn panicked(&self) {
        self.all.panics.inc([self.name]);
    }
}

/// A run under way.
#[derive(Debug)]
pub(crate) struct UnderWay<'a> {
    metrics: &'a ControllerMetrics,
    since: Instant,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let ControllerMetrics { name, all } = self.metrics;
        let took = self.since.elapsed();
        all.active.add([name], -1.0);
        all.time.observe([name], took);
        all.worked.observe([name; 2], took);
    }
}
