//! The queues of all controllers, looked at when metrics are asked for.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::{
    registry::{MetricError, Registry},
    text::{Sample, Type, float},
};
use crate::{queue::QueueState, workqueue::WorkQueue};

type Named = (&'static str, Arc<WorkQueue>);

/// The queues by the names of their controllers.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues(Arc<Mutex<Vec<Named>>>);

impl Queues {
    pub(super) fn new(registry: &Registry) -> Result<Self, MetricError> {
        let queues = Self::default();
        let read = |name, help, type_, value: fn(&QueueState) -> f64| {
            let queues = queues.clone();
            registry.read(name, help, type_, move || {
                queues.samples(|state, labels| vec![Sample::new("", labels.to_vec(), value(state))])
            })
        };
        read(
            "workqueue_adds_total",
            "Objects that were put into the queue.",
            Type::Counter,
            |state| float(state.adds),
        )?;
        read(
            "workqueue_retries_total",
            "Objects that were put into the queue for later, after a failure or because their reconcile asked for it.",
            Type::Counter,
            |state| float(state.retries),
        )?;
        read(
            "workqueue_unfinished_work_seconds",
            "How long the runs under way have taken so far, together. It grows without an end where some are stuck.",
            Type::Gauge,
            |state| ages(state).sum(),
        )?;
        read(
            "workqueue_longest_running_processor_seconds",
            "How long the longest run under way has taken so far.",
            Type::Gauge,
            |state| ages(state).fold(0.0, f64::max),
        )?;
        let by_priority = queues.clone();
        registry.read(
            "workqueue_depth",
            "Objects in the queue; one that changes while it is reconciled is back in it.",
            Type::Gauge,
            move || by_priority.samples(depth),
        )?;
        Ok(queues)
    }

    pub(super) fn add(&self, name: &'static str, queue: Arc<WorkQueue>) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.push((name, queue));
    }

    fn samples(&self, read: impl Fn(&QueueState, &[Label; 2]) -> Vec<Sample>) -> Vec<Sample> {
        let queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = |(name, queue): &Named| {
            let labels = ["name", "controller"].map(|label| (label, (*name).to_owned()));
            read(&queue.state(), &labels)
        };
        queues.iter().flat_map(samples).collect()
    }
}

type Label = (&'static str, String);

fn depth(state: &QueueState, labels: &[Label; 2]) -> Vec<Sample> {
    let sample = |(priority, depth): (&i32, &usize)| {
        let mut labels = labels.to_vec();
        labels.push(("priority", priority.to_string()));
        Sample::new("", labels, float(*depth as u64))
    };
    state.depth.iter().map(sample).collect()
}

/// How long each run under way has taken so far, in seconds.
fn ages(state: &QueueState) -> impl Iterator<Item = f64> {
    let now = Instant::now();
    let age = move |since: &Instant| now.saturating_duration_since(*since).as_secs_f64();
    state.running_since.iter().map(age)
}
