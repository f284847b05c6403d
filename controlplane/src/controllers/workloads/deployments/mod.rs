//! Deployments: a ReplicaSet for each revision of the template, and how one takes the place of another.
//!
//! As `pkg/controller/deployment` in Kubernetes, but for rollbacks by annotation, which `extensions/v1beta1` had.
//!
//! - [`revisions`] finds or makes the ReplicaSet of the template as it is; [`rollout`] has it take over; [`scaling`]
//!   shares out Pods where their number changes; [`status`] tells how far all is.

mod numbers;
mod revisions;
mod rollout;
mod scaling;
mod status;

pub(super) use numbers::scaled;

use super::owners::{DEPLOYMENTS, REPLICA_SETS};
use crate::{
    Refusal,
    controllers::{Again, Outcome, desk::Desk, recorder::Recorder},
    core::{
        object::{Key, Object},
        selector::LabelSelector,
    },
};

/// A Deployment and its ReplicaSets, as they are known while one looks after them.
struct Rollout<'a, 'core> {
    desk: &'a mut Desk<'core>,
    recorder: &'a mut Recorder,
    deployment: Object,
    /// That of the template as it is.
    new: Option<Object>,
    /// Oldest first.
    old: Vec<Object>,
}

pub(super) fn sync(key: &Key, desk: &mut Desk<'_>, recorder: &mut Recorder) -> Outcome {
    let Some(found) = desk.get(DEPLOYMENTS.collection, key) else {
        return Ok(Again::No);
    };
    let deployment = found.object.clone();
    let Some(selector) = LabelSelector::of(&deployment.value()["spec"]["selector"]) else {
        return Ok(Again::No);
    };
    let all = desk.objects(REPLICA_SETS.collection, Some(&key.namespace));
    let all = all.iter().map(|one| one.object.clone()).collect();
    let sets = DEPLOYMENTS.claim(&deployment, &selector, REPLICA_SETS.collection, all, desk)?;
    let (new, old) = revisions::split(&deployment, sets);
    Rollout {
        desk,
        recorder,
        deployment,
        new,
        old,
    }
    .sync()
}

impl Rollout<'_, '_> {
    fn sync(mut self) -> Outcome {
        if self.deployment.is_being_deleted() {
            self.settle_revision(false)?;
            self.tell_status()?;
            return Ok(Again::No);
        }
        self.tell_whether_paused()?;
        if numbers::is_paused(&self.deployment) || self.is_scaled()? {
            self.scale()?;
            self.tell_status()?;
            return Ok(Again::No);
        }
        if numbers::is_rolling(&self.deployment) {
            self.roll()
        } else {
            self.recreate()
        }
    }

    /// All ReplicaSets, the newest last.
    fn sets(&self) -> impl Iterator<Item = &Object> {
        self.old.iter().chain(&self.new)
    }

    /// Writes the status that the Deployment has by now, and what was set besides.
    fn write_status(&mut self) -> Result<(), Refusal> {
        let who = DEPLOYMENTS.source.who;
        let written = self
            .desk
            .update(who, DEPLOYMENTS.collection, "status", &self.deployment)?;
        self.deployment = written;
        Ok(())
    }

    /// Keeps a ReplicaSet as it was written.
    fn remember(&mut self, set: &Object) {
        let known = self.old.iter_mut().chain(&mut self.new);
        for one in known.filter(|one| one.uid() == set.uid()) {
            *one = set.clone();
        }
    }
}
