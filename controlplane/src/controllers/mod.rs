//! What a control plane does by itself: what kube-controller-manager does in a real one.
//!
//! Controllers do no I/O. [`Core::work`](crate::Core::work) carries out what is due and says when it wants to be called
//! next; the shell calls it after each write and at that time.
//!
//! - [`feed`] tells what was written, [`queue`] holds what is to be done about it, [`desk`] is through which controllers
//!   read and write: as a request does, as the users that the real ones are.
//! - [`definitions`] are the API server's own; [`garbage`], [`namespaces`], [`accounts`], [`roles`], [`protection`] and
//!   [`lifetimes`] are those of kube-controller-manager, and so are [`workloads`]; [`node`] is a kubelet without processes.
//! - [`recorder`] writes events.

mod accounts;
mod definitions;
mod desk;
mod feed;
mod garbage;
mod lifetimes;
mod namespaces;
mod node;
mod protection;
mod queue;
mod recorder;
mod roles;
mod workloads;

#[cfg(test)]
mod tests;

use jiff::Timestamp;

use crate::{Refusal, RunningControllers, core::object::Key};
pub(crate) use desk::Desk;
use feed::{Change, Feed};
use garbage::Garbage;
use node::Node;
use queue::Queue;
use recorder::Recorder;

/// How much is done before requests have their turn.
const TASKS_A_CALL: usize = 64;

/// All controllers, and what they know.
#[derive(Default)]
pub(crate) struct Controllers {
    feed: Feed,
    queue: Queue,
    garbage: Garbage,
    recorder: Recorder,
    /// What `kube-root-ca.crt` holds; none: there is no such ConfigMap.
    pub(crate) root_certificate: Option<String>,
    running: RunningControllers,
    node: Node,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// A CustomResourceDefinition: its names, whether it is served, its end.
    Definition(String),
    /// The default ServiceAccount of a namespace.
    Account(String),
    /// The `kube-root-ca.crt` of a namespace.
    RootCertificate(String),
    /// A namespace that is being deleted.
    Namespace(String),
    /// Whether an object is to go, by its uid.
    Garbage(String),
    /// The dependents of an object that is to go without them, by its uid.
    Orphans(String),
    /// A claim that is to go.
    Claim(Key),
    /// A ClusterRole that gathers the rules of others.
    Rules(String),
    /// An event whose time may be over.
    Lifetime(Key),
    Workload(workloads::Task),
    Node(node::Task),
}

impl Task {
    /// Whether others come first that are due: a Deployment looks at its ReplicaSets once these have looked at their
    /// Pods. In a real control plane both is done at once, and how it ends is up to chance.
    fn is_last(&self) -> bool {
        matches!(self, Self::Workload(workloads::Task::Deployment(_)))
    }
}

/// When a task is to be done again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// When something happens.
    No,
    /// Later, and later still each time, as client-go's work queues do after an error.
    Backoff,
    At(Timestamp),
}

/// What a task ends with.
pub(crate) type Outcome = Result<Again, Refusal>;

impl Controllers {
    pub(crate) fn new(running: RunningControllers) -> Self {
        let mut controllers = Self {
            running,
            ..Self::default()
        };
        if running >= RunningControllers::Workloads {
            let register = Task::Node(node::Task::Register);
            controllers.queue.add(register, Timestamp::MIN);
        }
        controllers
    }

    /// Carries out what is due. Returns when there is more to do.
    pub(crate) fn work(&mut self, desk: &mut Desk<'_>) -> Option<Timestamp> {
        for _ in 0..TASKS_A_CALL {
            for change in self.feed.read(desk.store()) {
                self.observe(&change, desk);
            }
            let Some(task) = self.queue.pop(desk.now) else {
                return self.queue.next();
            };
            match self.carry_out(&task, desk) {
                Ok(Again::No) => self.queue.forget(&task),
                Ok(Again::At(then)) => {
                    self.queue.forget(&task);
                    self.queue.add(task, then);
                }
                Ok(Again::Backoff) | Err(_) => self.queue.retry(task, desk.now),
            }
        }
        Some(desk.now)
    }

    fn observe(&mut self, change: &Change, desk: &mut Desk<'_>) {
        let now = desk.now;
        for task in definitions::tasks(change, desk) {
            self.queue.add(task, now);
        }
        if self.running < RunningControllers::Housekeeping {
            return;
        }
        let strays = self.garbage.observe(change, desk);
        for stray in strays {
            self.recorder.record(desk, garbage::SOURCE, &stray);
        }
        let mut tasks = self.garbage.due();
        tasks.extend(namespaces::tasks(change));
        tasks.extend(accounts::tasks(change));
        tasks.extend(roles::tasks(change, desk));
        tasks.extend(protection::tasks(change, desk));
        if self.running >= RunningControllers::Unscheduled {
            tasks.extend(
                workloads::tasks(change, desk)
                    .into_iter()
                    .map(Task::Workload),
            );
        }
        if self.running >= RunningControllers::Workloads {
            tasks.extend(node::tasks(change, desk).into_iter().map(Task::Node));
        }
        for task in tasks {
            self.queue.add(task, now);
        }
        if let Some((task, then)) = lifetimes::task(change, now) {
            self.queue.postpone(task, then);
        }
    }

    fn carry_out(&mut self, task: &Task, desk: &mut Desk<'_>) -> Outcome {
        match task {
            Task::Definition(name) => definitions::settle(name, desk),
            Task::Account(namespace) => accounts::ensure_default(namespace, desk),
            Task::RootCertificate(namespace) => match &self.root_certificate {
                Some(pem) => accounts::publish(pem, namespace, desk),
                None => Ok(Again::No),
            },
            Task::Namespace(name) => namespaces::empty(name, desk),
            Task::Garbage(uid) => self.garbage.collect(uid, desk),
            Task::Orphans(uid) => self.garbage.orphan(uid, desk),
            Task::Claim(key) => protection::release(key, desk),
            Task::Rules(name) => roles::gather(name, desk),
            Task::Lifetime(key) => {
                self.recorder.forget(key);
                Ok(lifetimes::end(key, desk))
            }
            Task::Workload(task) => workloads::carry_out(task, desk, &mut self.recorder),
            Task::Node(task) => self.node.carry_out(task, desk, &mut self.recorder),
        }
    }
}
