//! Claims that are to go stay as long as a Pod uses them, as `pkg/controller/volume/pvcprotection` in Kubernetes has it.

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::core::object::{Key, Object};

const CLAIMS: &str = "persistentvolumeclaims";
const FINALIZER: &str = "kubernetes.io/pvc-protection";
const WHO: Who = Who::Controller("pvc-protection-controller");

/// A claim that is to go, or a Pod that is gone, makes one look.
pub(crate) fn tasks(change: &Change, desk: &Desk<'_>) -> Vec<Task> {
    let waiting = |claim: &Object| claim.is_being_deleted() && claim.has_finalizer(FINALIZER);
    match (&*change.collection, &change.after) {
        (CLAIMS, Some(claim)) if waiting(&claim.object) => vec![Task::Claim(change.key())],
        ("pods", None) => {
            let claims = desk.objects(CLAIMS, Some(&change.key().namespace));
            let claims = claims.iter().filter(|claim| waiting(&claim.object));
            claims
                .map(|claim| Task::Claim(claim.object.key()))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Lets a claim go that nobody uses.
pub(crate) fn release(key: &Key, desk: &mut Desk<'_>) -> Outcome {
    let Some(claim) = desk.get(CLAIMS, key) else {
        return Ok(Again::No);
    };
    let pods = desk.objects("pods", Some(&key.namespace));
    if pods.iter().any(|pod| uses(&pod.object, &key.name)) || !claim.object.is_being_deleted() {
        return Ok(Again::No);
    }
    let mut claim = claim.object.clone();
    let finalizers = claim.finalizers().filter(|one| *one != FINALIZER);
    let finalizers = finalizers.map(Into::into).collect();
    claim.set_finalizers(finalizers);
    desk.update(WHO, CLAIMS, "", &claim)?;
    Ok(Again::No)
}

/// Whether a Pod that has a node has this claim among its volumes, by name or as one of its own.
fn uses(pod: &Object, claim: &str) -> bool {
    let spec = &pod.value()["spec"];
    let volumes = spec["volumes"].as_array().into_iter().flatten();
    let own = |volume: &serde_json::Value| {
        let name = volume["name"].as_str().unwrap_or_default();
        !volume["ephemeral"].is_null() && format!("{}-{name}", pod.name()) == claim
    };
    let mut used = volumes
        .filter(|volume| volume["persistentVolumeClaim"]["claimName"] == claim || own(volume));
    spec["nodeName"].is_string() && used.next().is_some()
}
