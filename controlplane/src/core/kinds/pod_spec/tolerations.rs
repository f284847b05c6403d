//! Taints that a pod puts up with.

use super::super::super::{
    field::{Errors, Field},
    names::{label_value, qualified},
};
use crate::FieldReason;

/// The tolerations of a pod.
pub(in super::super) fn tolerations(tolerations: &Field<'_>) -> Errors {
    let each = tolerations.items().map(|it| toleration(&it));
    each.flatten().collect()
}

fn toleration(toleration: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    let at = |name: &str| toleration.at(name);
    let (key, operator, value, effect) = (at("key"), at("operator"), at("value"), at("effect"));
    if !key.is_empty() {
        errors.extend(key.complaints(qualified));
    } else if operator.text() != "Exists" {
        errors.push(operator.invalid(
            "operator must be Exists when `key` is empty, which means \"match all values and all keys\"",
        ));
    }
    if at("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
        errors.push(effect.invalid("effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    let of_value = |why: &str| operator.error(FieldReason::Invalid, value.text(), why);
    match operator.text() {
        "Equal" | "" => {
            let complaints = label_value(value.text());
            if !complaints.is_empty() {
                errors.push(of_value(&complaints.join(";")));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                errors.push(of_value("value must be empty when `operator` is 'Exists'"));
            }
        }
        "Lt" | "Gt" => errors.push(operator.not_supported(&["Equal", "Exists", "Lt", "Gt"])),
        _ => errors.push(operator.not_supported(&["Equal", "Exists"])),
    }
    if !effect.is_empty() {
        errors.extend(effect.one_of(&["NoSchedule", "PreferNoSchedule", "NoExecute"]));
    }
    errors
}
