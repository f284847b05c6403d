//! ClusterRoles that gather the rules of others, as `pkg/controller/clusterroleaggregation` in Kubernetes has it.

use serde_json::json;

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::{auth::aggregated, core::object::Key};

const ROLES: &str = "clusterroles.rbac.authorization.k8s.io";
const NAME: &str = "clusterrole-aggregation-controller";

/// Any role may be one that is gathered.
pub(crate) fn tasks(change: &Change, desk: &Desk<'_>) -> Vec<Task> {
    if &*change.collection != ROLES {
        return Vec::new();
    }
    let mut gathering = desk.objects(ROLES, None);
    gathering.retain(|role| role.object.fields().contains_key("aggregationRule"));
    let names = gathering.iter().map(|role| role.object.name().to_owned());
    names.map(Task::Rules).collect()
}

/// Gives a role the rules that it is to have now.
pub(crate) fn gather(name: &str, desk: &mut Desk<'_>) -> Outcome {
    let key = Key::new("", name);
    let Some(role) = desk.get(ROLES, &key) else {
        return Ok(Again::No);
    };
    let all = desk.objects(ROLES, None);
    let all: Vec<_> = all.iter().map(|one| one.object.value()).collect();
    if let Some(rules) = aggregated(role.object.value(), &all) {
        let configuration = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": {"name": name}, "rules": rules,
        });
        desk.apply(Who::Controller(NAME), NAME, ROLES, &key, &configuration)?;
    }
    Ok(Again::No)
}
