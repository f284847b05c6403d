//! ClusterRoles that gather the rules of others.

use serde_json::{Value, json};

use super::rule::Rule;

/// The rules that a ClusterRole has by its aggregationRule, if they are others than it has now.
/// `others` are all ClusterRoles, by name.
///
/// Kubernetes' `pkg/controller/clusterroleaggregation`, which applies them as `clusterrole-aggregation-controller`, with
/// force.
pub fn aggregated(role: &Value, others: &[&Value]) -> Option<Value> {
    let selectors = role.get("aggregationRule")?["clusterRoleSelectors"].as_array();
    let mut rules: Vec<&Value> = Vec::new();
    for selector in selectors.into_iter().flatten() {
        let chosen = others.iter().filter(|other| {
            other["metadata"]["name"] != role["metadata"]["name"]
                && selects(selector, &other["metadata"]["labels"])
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

/// `LabelSelectorAsSelector` and its matching; an empty selector selects all.
fn selects(selector: &Value, labels: &Value) -> bool {
    let texts = |value: &'_ Value| -> Vec<Value> { value.as_array().cloned().unwrap_or_default() };
    let pairs = selector["matchLabels"].as_object();
    let labelled = pairs
        .into_iter()
        .flatten()
        .all(|(key, value)| labels.get(key) == Some(value));
    let expressions = selector["matchExpressions"].as_array();
    labelled
        && expressions.into_iter().flatten().all(|expression| {
            let label = labels.get(expression["key"].as_str().unwrap_or_default());
            let listed = label.is_some_and(|label| texts(&expression["values"]).contains(label));
            match expression["operator"].as_str() {
                Some("In") => listed,
                Some("NotIn") => !listed,
                Some("Exists") => label.is_some(),
                Some("DoesNotExist") => label.is_none(),
                _ => false,
            }
        })
}
