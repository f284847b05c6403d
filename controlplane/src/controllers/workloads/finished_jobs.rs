//! Jobs that have ended go after `ttlSecondsAfterFinished`: `pkg/controller/ttlafterfinished` in Kubernetes.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::owners::JOBS;
use crate::{
    controllers::{
        Again, Outcome,
        desk::{Desk, Who},
    },
    core::object::{Key, Object},
};

const WHO: Who = Who::Controller("ttl-after-finished-controller");

pub(super) fn sync(key: &Key, desk: &mut Desk<'_>) -> Outcome {
    let Some(found) = desk.get(JOBS.collection, key) else {
        return Ok(Again::No);
    };
    let job = &found.object;
    let Some(end) = end(job).filter(|_| !job.is_being_deleted()) else {
        return Ok(Again::No);
    };
    if desk.now < end {
        return Ok(Again::At(end));
    }
    let options = json!({
        "apiVersion": "v1", "kind": "DeleteOptions",
        "propagationPolicy": "Foreground", "preconditions": {"uid": job.uid()},
    });
    desk.delete(WHO, JOBS.collection, key, &options)?;
    Ok(Again::No)
}

/// When a Job that has ended is to go, if ever.
fn end(job: &Object) -> Option<Timestamp> {
    let ttl = job.value()["spec"]["ttlSecondsAfterFinished"].as_i64()?;
    let conditions = job.value()["status"]["conditions"].as_array()?;
    let ended = conditions.iter().find(|one| {
        matches!(one["type"].as_str(), Some("Complete" | "Failed")) && one["status"] == "True"
    })?;
    let since: Timestamp = ended["lastTransitionTime"].as_str()?.parse().ok()?;
    since.checked_add(SignedDuration::from_secs(ttl)).ok()
}
