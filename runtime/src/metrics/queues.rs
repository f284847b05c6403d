//! The queues of all controllers, looked at when metrics are asked for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::{
    registry::{MetricError, Registry},
    text::{Sample, Type, float},
};
use crate::{queue::QueueState, workqueue::WorkQueue};

/// A queue, by the name of its controller.
#[derive(Debug)]
struct Named {
    name: &'static str,
    queue: Arc<WorkQueue>,
    /// As it stood in the moment that the page is of.
    state: QueueState,
}

/// The queues by the names of their controllers.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues(Arc<Mutex<Vec<Named>>>);

impl Queues {
    pub(super) fn new(registry: &Registry) -> Result<Self, MetricError> {
        let queues = Self::default();
        let looked_at = queues.clone();
        registry.look(move || {
            for named in &mut *looked_at.lock() {
                named.state = named.queue.state();
            }
        });
        let active = queues.clone();
        registry.read(
            "controller_runtime_active_workers",
            "How many objects are reconciled right now.",
            Type::Gauge,
            move || active.samples(active_workers),
        )?;
        let read = |name, help, type_, value: fn(&QueueState) -> f64| {
            let queues = queues.clone();
            registry.read(name, help, type_, move || {
                queues.samples(|name, state| vec![Sample::new("", of_queue(name), value(state))])
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
        let state = queue.state();
        self.lock().push(Named { name, queue, state });
    }

    fn samples(&self, read: impl Fn(&str, &QueueState) -> Vec<Sample>) -> Vec<Sample> {
        let queues = self.lock();
        let samples = |named: &Named| read(named.name, &named.state);
        queues.iter().flat_map(samples).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Named>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Label = (&'static str, String);

/// A queue has the name of its controller.
fn of_queue(name: &str) -> Vec<Label> {
    ["name", "controller"]
        .map(|label| (label, name.to_owned()))
        .to_vec()
}

fn active_workers(name: &str, state: &QueueState) -> Vec<Sample> {
    let labels = vec![("controller", name.to_owned())];
    let active = float(state.running_since.len() as u64);
    vec![Sample::new("", labels, active)]
}

fn depth(name: &str, state: &QueueState) -> Vec<Sample> {
    let sample = |(priority, depth): (&i32, &usize)| {
        let mut labels = of_queue(name);
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
