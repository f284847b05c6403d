//! What makes Pods, and what counts them.
//!
//! [`deployments`] have [`replica_sets`], which have Pods, as [`jobs`] have, until they are [`finished_jobs`]; [`budgets`]
//! say how many may go. StatefulSets, DaemonSets and CronJobs get none here: their status stays as it is.

mod budgets;
mod deployments;
mod finished_jobs;
mod jobs;
mod owners;
mod pods;
mod replica_sets;
mod template_hash;

use super::{Outcome, desk::Desk, feed::Change, recorder::Recorder};
use crate::core::object::{Key, Object};
use owners::{BUDGETS, JOBS, PODS, REPLICA_SETS, controller};

/// An object that is to be looked after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    Deployment(Key),
    ReplicaSet(Key),
    Budget(Key),
    Job(Key),
    FinishedJob(Key),
    /// A Pod whose Job is gone.
    Stray(Key),
}

/// What a change makes necessary.
pub(super) fn tasks(change: &Change, desk: &Desk<'_>) -> Vec<Task> {
    let states = [&change.before, &change.after];
    let states = states.into_iter().flatten().map(|one| &one.object);
    match &*change.collection {
        "deployments.apps" => vec![Task::Deployment(change.key())],
        "replicasets.apps" => {
            let deployments = states.flat_map(|set| replica_sets::deployments_of(set, desk));
            let mut tasks: Vec<_> = deployments.map(Task::Deployment).collect();
            tasks.push(Task::ReplicaSet(change.key()));
            tasks
        }
        "pods" => {
            let is_gone = change.after.is_none();
            states.flat_map(|pod| of_pod(pod, is_gone, desk)).collect()
        }
        "jobs.batch" => {
            let mut tasks = vec![Task::Job(change.key()), Task::FinishedJob(change.key())];
            if change.after.is_none() {
                let all = desk.objects(PODS, Some(&change.key().namespace));
                let uid = change.object().object.uid();
                let own = all.iter().map(|pod| &pod.object).filter(|pod| {
                    jobs::is_tracked(pod) && controller(pod).is_some_and(|it| it.uid == uid)
                });
                tasks.extend(own.map(|pod| Task::Stray(pod.key())));
            }
            tasks
        }
        "poddisruptionbudgets.policy" => vec![Task::Budget(change.key())],
        _ => Vec::new(),
    }
}

fn of_pod(pod: &Object, is_gone: bool, desk: &Desk<'_>) -> Vec<Task> {
    let budgets = BUDGETS.selecting(pod, desk);
    let mut tasks: Vec<_> = budgets.into_iter().map(Task::Budget).collect();
    if let Some(set) = REPLICA_SETS.owner_of(pod, desk) {
        tasks.push(Task::ReplicaSet(set.object.key()));
        if is_gone {
            // The next revision may have waited for that.
            let deployments = replica_sets::deployments_of(&set.object, desk);
            tasks.extend(deployments.into_iter().map(Task::Deployment));
        }
    } else if let Some(job) = JOBS.owner_of(pod, desk) {
        tasks.push(Task::Job(job.object.key()));
    } else if controller(pod).is_none() && !is_gone {
        let sets = REPLICA_SETS.selecting(pod, desk);
        tasks.extend(sets.into_iter().map(Task::ReplicaSet));
        let jobs = JOBS.selecting(pod, desk);
        tasks.extend(jobs.into_iter().map(Task::Job));
    } else if jobs::is_tracked(pod) && !is_gone {
        tasks.push(Task::Stray(pod.key()));
    }
    tasks
}

pub(super) fn carry_out(task: &Task, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
    match task {
        Task::Deployment(key) => deployments::sync(key, desk, recorder),
        Task::Budget(key) => budgets::sync(key, desk, recorder),
        Task::Job(key) => jobs::sync(key, desk, recorder),
        Task::FinishedJob(key) => finished_jobs::sync(key, desk),
        Task::Stray(key) => jobs::release(key, desk),
        Task::ReplicaSet(key) => replica_sets::sync(key, desk, recorder),
    }
}
