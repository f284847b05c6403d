//! One revision takes the place of another: bit by bit, or after it.

use super::{
    Rollout,
    numbers::{is_rolling, max_surge, max_unavailable, replicas},
    revisions::by_creation,
};
use crate::{
    Refusal,
    controllers::{
        Outcome,
        workloads::{
            owners::{PODS, controller},
            pods,
        },
    },
    core::object::Object,
};

fn available(set: &Object) -> i64 {
    set.number("/status/availableReplicas")
}

impl Rollout<'_, '_> {
    /// `RollingUpdate`: new Pods come and old ones go, within what is allowed.
    pub(super) fn roll(mut self) -> Outcome {
        self.settle_revision(true)?;
        if self.grow_new()? || self.shrink_old()? {
            return self.tell_progress();
        }
        if self.is_complete() {
            self.forget_old_revisions()?;
        }
        self.tell_progress()
    }

    /// `Recreate`: all old Pods go, then the new ones come.
    pub(super) fn recreate(mut self) -> Outcome {
        self.settle_revision(false)?;
        let mut stopped = false;
        for set in self.old.clone() {
            stopped |= self.scale_set(&set, 0)?;
        }
        if stopped || self.is_old_running() {
            return self.tell_progress();
        }
        if self.new.is_none() {
            self.settle_revision(true)?;
        }
        if let Some(new) = self.new.clone() {
            self.scale_set(&new, replicas(&self.deployment))?;
        }
        if self.is_complete() {
            self.forget_old_revisions()?;
        }
        self.tell_progress()
    }

    /// How many Pods the new ReplicaSet may have now.
    pub(super) fn wanted_of_new(&self, new: &Object) -> i64 {
        let wanted = replicas(&self.deployment);
        if !is_rolling(&self.deployment) {
            return wanted;
        }
        let most = wanted + max_surge(&self.deployment);
        let others = self.sets().filter(|set| set.name() != new.name());
        let all = others.map(replicas).sum::<i64>() + replicas(new);
        if all >= most {
            return replicas(new);
        }
        replicas(new) + (most - all).min(wanted - replicas(new))
    }

    fn grow_new(&mut self) -> Result<bool, Refusal> {
        let Some(new) = self.new.clone() else {
            return Ok(false);
        };
        let wanted = replicas(&self.deployment);
        let size = if replicas(&new) > wanted {
            wanted
        } else {
            self.wanted_of_new(&new)
        };
        self.scale_set(&new, size)
    }

    /// Stops old Pods: those that are not available first, then as many as are not needed any more.
    fn shrink_old(&mut self) -> Result<bool, Refusal> {
        let Some(new) = self.new.clone() else {
            return Ok(false);
        };
        let mut old: Vec<_> = self
            .old
            .iter()
            .filter(|set| replicas(set) > 0)
            .cloned()
            .collect();
        if old.is_empty() {
            return Ok(false);
        }
        old.sort_by(by_creation);
        let all: i64 = self.sets().map(replicas).sum();
        let needed = replicas(&self.deployment) - max_unavailable(&self.deployment);
        let most = all - needed - (replicas(&new) - available(&new));
        if most <= 0 {
            return Ok(false);
        }
        let mut stopped = 0;
        for set in &mut old {
            let sick = (replicas(set) - available(set)).max(0).min(most - stopped);
            if sick > 0 {
                let size = replicas(set) - sick;
                self.scale_set(set, size)?;
                set.value_mut()["spec"]["replicas"] = size.into();
                stopped += sick;
            }
        }
        let surplus = old.iter().map(available).sum::<i64>() + available(&new) - needed;
        let mut left = surplus.max(0);
        for set in &old {
            let going = replicas(set).min(left);
            if going > 0 {
                let size = replicas(set) - going;
                self.scale_set(set, size)?;
                left -= going;
                stopped += going;
            }
        }
        Ok(stopped > 0)
    }

    fn is_old_running(&self) -> bool {
        if self
            .old
            .iter()
            .any(|set| set.number("/status/replicas") > 0)
        {
            return true;
        }
        let all = self.desk.objects(PODS, Some(self.deployment.namespace()));
        all.iter().any(|pod| {
            let owner = controller(&pod.object);
            let is_old = owner.is_some_and(|it| self.old.iter().any(|set| set.uid() == it.uid));
            is_old && !pods::is_over(&pod.object)
        })
    }
}
