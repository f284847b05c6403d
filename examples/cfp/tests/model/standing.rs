//! What all conditions of an object say, taken together.

use kube::{Resource, core::object::HasStatus};
use myop::{Condition, Status};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Ready,
    /// The Speaker of a Proposal is missing, or has no id. The words say which.
    SpeakerMissing(String),
    /// The record is somebody else's. The words say whose.
    Refused(String),
    /// Nothing that an object at rest says of its newest generation.
    Unsettled(Vec<String>),
}

pub(crate) fn of<K>(object: &K) -> Standing
where
    K: Resource<DynamicType = ()> + HasStatus<Status: Status>,
{
    let status = object.status().cloned().unwrap_or_default();
    let generation = object.meta().generation;
    let mut conditions = status.conditions().to_vec();
    conditions.sort_by(|one, other| one.type_.cmp(&other.type_));
    let is_about_it = |one: &Condition| one.observed_generation == generation;
    let mut said: Vec<_> = conditions.iter().map(words).collect();
    if !conditions.iter().all(is_about_it) {
        return Standing::Unsettled(said);
    }
    if status.observed_generation() == generation {
        said.push("observed".into());
    }
    let words: Vec<_> = said.iter().map(String::as_str).collect();
    match words[..] {
        ["Ready True Succeeded", "observed"] => Standing::Ready,
        [
            "FetchFailed True FetchFailed",
            "Ready False Failed",
            "observed" | "Reconciling True Progressing",
        ] => Standing::SpeakerMissing(conditions.swap_remove(1).message),
        [
            "Ready False InvalidRequest",
            "Stalled True InvalidRequest",
            "observed",
        ] => Standing::Refused(conditions.swap_remove(0).message),
        _ => Standing::Unsettled(said),
    }
}

fn words(condition: &Condition) -> String {
    format!(
        "{} {} {}",
        condition.type_, condition.status, condition.reason
    )
}
