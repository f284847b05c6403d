//! The number of Pods changes: what there are of each revision, they share it.

use std::cmp::Ordering;

use super::{
    Rollout,
    numbers::{is_paused, is_rolling, max_surge, replicas},
    revisions::{DESIRED, MOST, annotation, by_creation, set_sizes},
};
use crate::{
    Refusal,
    controllers::workloads::owners::{DEPLOYMENTS, REPLICA_SETS},
    core::object::Object,
};

impl Rollout<'_, '_> {
    /// Whether the Deployment wants another number of Pods than its ReplicaSets know.
    pub(super) fn is_scaled(&mut self) -> Result<bool, Refusal> {
        self.settle_revision(false)?;
        let mut active = self.sets().filter(|set| replicas(set) > 0);
        Ok(active.any(|set| {
            let known = annotation(set, DESIRED).parse::<i32>().ok();
            let known = known.filter(|known| *known >= 0).map(i64::from);
            known.is_some_and(|known| known != replicas(&self.deployment))
        }))
    }

    /// Has the ReplicaSets together have as many Pods as are wanted, and gives each its share.
    pub(super) fn scale(&mut self) -> Result<(), Refusal> {
        self.settle_revision(false)?;
        let wanted = replicas(&self.deployment);
        if let Some(only) = self.active_or_latest() {
            self.scale_set(&only, wanted)?;
        } else if self.is_saturated() {
            for set in self.old.clone() {
                self.scale_set(&set, 0)?;
            }
        } else if is_rolling(&self.deployment) {
            self.scale_in_proportion(wanted)?;
        }
        if is_paused(&self.deployment) {
            self.forget_old_revisions()?;
        }
        Ok(())
    }

    /// The one ReplicaSet that has Pods, or the newest where none has; none where several have, or there are none.
    fn active_or_latest(&self) -> Option<Object> {
        let active: Vec<_> = self.sets().filter(|set| replicas(set) > 0).collect();
        match active[..] {
            [] => self.sets().last().cloned(),
            [only] => Some(only.clone()),
            _ => None,
        }
    }

    /// Whether the new revision has all Pods that are wanted.
    fn is_saturated(&self) -> bool {
        let wanted = replicas(&self.deployment);
        self.new.as_ref().is_some_and(|new| {
            replicas(new) == wanted
                && annotation(new, DESIRED).parse() == Ok(wanted)
                && new.number("/status/availableReplicas") == wanted
        })
    }

    fn scale_in_proportion(&mut self, wanted: i64) -> Result<(), Refusal> {
        let mut sets: Vec<_> = self
            .sets()
            .filter(|set| replicas(set) > 0)
            .cloned()
            .collect();
        let allowed = match wanted {
            0 => 0,
            wanted => wanted + max_surge(&self.deployment),
        };
        let to_add = allowed - sets.iter().map(replicas).sum::<i64>();
        match to_add.cmp(&0) {
            Ordering::Greater => sets.sort_by(|one, other| {
                let sizes = replicas(other).cmp(&replicas(one));
                sizes.then(by_creation(other, one))
            }),
            Ordering::Less => sets.sort_by(|one, other| {
                let sizes = replicas(other).cmp(&replicas(one));
                sizes.then(by_creation(one, other))
            }),
            Ordering::Equal => {}
        }
        let mut added = 0;
        let mut sizes = Vec::new();
        for set in &sets {
            let share = self.share(set, to_add, added);
            sizes.push(replicas(set) + share);
            added += share;
        }
        // The largest takes the rest.
        if let Some(first) = sizes.first_mut() {
            *first = (*first + to_add - added).max(0);
        }
        for (set, size) in sets.iter().zip(sizes) {
            self.write_size(set, size)?;
        }
        Ok(())
    }

    /// What a ReplicaSet gets of what is added, or gives of what goes (`GetReplicaSetProportion`).
    fn share(&self, set: &Object, to_add: i64, added: i64) -> i64 {
        let left = to_add - added;
        if to_add == 0 || left == 0 {
            return 0;
        }
        let share = self.fraction(set);
        if to_add > 0 {
            share.min(left)
        } else {
            share.max(left)
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "numbers of Pods are small, and Kubernetes rounds them as floats"
    )]
    fn fraction(&self, set: &Object) -> i64 {
        let wanted = replicas(&self.deployment);
        if wanted == 0 {
            return -replicas(set);
        }
        let before = match annotation(set, MOST).parse::<i64>() {
            Ok(before) if before > 0 => before,
            _ => self.deployment.number("/status/replicas"),
        };
        if before == 0 {
            return 0;
        }
        let most = wanted + max_surge(&self.deployment);
        let size = (replicas(set) * most) as f64 / before as f64;
        size.round() as i64 - replicas(set)
    }

    /// Gives a ReplicaSet another size, where it has not that one already; says whether it did.
    pub(super) fn scale_set(&mut self, set: &Object, size: i64) -> Result<bool, Refusal> {
        if replicas(set) == size {
            return Ok(false);
        }
        self.write_size(set, size)
    }

    fn write_size(&mut self, set: &Object, size: i64) -> Result<bool, Refusal> {
        let before = replicas(set);
        let mut resized = set.clone();
        resized.value_mut()["spec"]["replicas"] = size.into();
        if !set_sizes(&mut resized, &self.deployment) && before == size {
            return Ok(false);
        }
        let who = DEPLOYMENTS.source.who;
        let written = self
            .desk
            .update(who, REPLICA_SETS.collection, "", &resized)?;
        self.remember(&written);
        if before == size {
            return Ok(false);
        }
        let direction = if before < size { "up" } else { "down" };
        self.tell_scaled(direction, set.name(), before, size);
        Ok(true)
    }

    pub(super) fn tell_scaled(&mut self, direction: &str, name: &str, from: i64, to: i64) {
        DEPLOYMENTS.tell(
            &self.deployment,
            false,
            "ScalingReplicaSet",
            format!("Scaled {direction} replica set {name} from {from} to {to}"),
            self.desk,
            self.recorder,
        );
    }
}
