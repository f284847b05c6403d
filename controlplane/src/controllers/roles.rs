//! ClusterRoles that gather the rules of others, as `pkg/controller/clusterroleaggregation` in Kubernetes has it.

use serde_json::{Value, json};

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::{
    auth::Rule,
    core::{object::Key, selector::LabelSelector},
};

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

/// The rules that a ClusterRole has by its aggregationRule, if they are others than it has now.
/// `others` are all ClusterRoles, by name.
fn aggregated(role: &Value, others: &[&Value]) -> Option<Value> {
    let selectors = role.get("aggregationRule")?["clusterRoleSelectors"].as_array();
    let mut rules: Vec<&Value> = Vec::new();
    for selector in selectors
        .into_iter()
        .flatten()
        .filter_map(LabelSelector::of)
    {
        let chosen = others.iter().filter(|other| {
            other["metadata"]["name"] != role["metadata"]["name"]
                && selector.selects(&other["metadata"]["labels"])
        });
        for rule in chosen.flat_map(|other| other["rules"].as_array().into_iter().flatten()) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }
    let rules = json!(rules);
    let now = Rule::all_of(role);
    let then = Rule::all_of(&json!({ "rules": rules }));
    (now != then).then_some(rules)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::aggregated;
    use crate::auth::bootstrap;

    #[test]
    fn cluster_roles_gather_the_rules_of_others() {
        let roles: Vec<Value> = bootstrap::all()
            .iter()
            .filter(|one| one.kind == "ClusterRole")
            .map(|one| one.object().clone())
            .collect();
        let all: Vec<&Value> = roles.iter().collect();
        for role in &roles {
            assert_eq!(aggregated(role, &all), None, "{}", role["metadata"]["name"]);
            if role.get("aggregationRule").is_some() {
                let mut empty = role.clone();
                empty["rules"] = Value::Null;
                assert_eq!(aggregated(&empty, &all).as_ref(), role.get("rules"));
            }
        }
    }
}
