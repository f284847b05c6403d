//! How pods are spread over a topology.

use super::{
    super::super::field::{Errors, Field},
    affinity::{label_keys, label_selector},
};
use crate::FieldReason;

pub(super) fn constraints(constraints: &Field<'_>) -> Errors {
    let all: Vec<_> = constraints.items().collect();
    let mut errors = Errors::new();
    for (index, constraint) in all.iter().enumerate() {
        let (key, action) = (
            constraint.at("topologyKey"),
            constraint.at("whenUnsatisfiable"),
        );
        errors.extend(constraint.at("maxSkew").positive());
        if key.is_empty() {
            errors.push(key.required("can not be empty"));
        }
        errors.extend(action.one_of(&["DoNotSchedule", "ScheduleAnyway"]));
        let is_same = |other: &Field<'_>| {
            other.at("topologyKey").text() == key.text()
                && other.at("whenUnsatisfiable").text() == action.text()
        };
        if all[index + 1..].iter().any(is_same) {
            let both = format!("{{{}, {}}}", key.text(), action.text());
            let field = constraint.at("{topologyKey, whenUnsatisfiable}");
            errors.push(field.error(FieldReason::Duplicate, both, ""));
        }
        errors.extend(domains(constraint, action.text()));
        for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            let policy = constraint.at(name);
            if policy.is_set() {
                errors.extend(policy.one_of(&["Honor", "Ignore"]));
            }
        }
        errors.extend(label_keys(constraint));
        errors.extend(label_selector(&constraint.at("labelSelector")));
    }
    errors
}

fn domains(constraint: &Field<'_>, action: &str) -> Errors {
    let least = constraint.at("minDomains");
    let mut errors = Errors::new();
    if !least.is_set() {
        return errors;
    }
    errors.extend(least.positive());
    if action != "DoNotSchedule" {
        errors.push(least.invalid(format!(
            "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
        )));
    }
    errors
}
