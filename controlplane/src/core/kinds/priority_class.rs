//! PriorityClasses, as `pkg/registry/scheduling/priorityclass` in Kubernetes has them.

use super::super::{
    builtin::{Builtin, PLAIN},
    field::{Errors, Field},
    object::Object,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "priorityclasses",
    group: "scheduling.k8s.io",
    generation: true,
    validate,
    validate_update: |new, old, _| validate_update(new, old),
    ..PLAIN
};

/// `HighestUserDefinablePriority`.
const HIGHEST: i64 = 1_000_000_000;
const RESERVED: &str = "system-";

fn validate(class: &Object) -> Errors {
    let value = Field::of(class, "value");
    let mut errors = Errors::new();
    if class.name().starts_with(RESERVED) {
        if let Err(why) = known(class) {
            let name = Field::of(class, "metadata").at("name");
            errors.push(name.forbidden(format!(
                "priority class names with '{RESERVED}' prefix are reserved for system use only. error: {why}"
            )));
        }
    } else if value.number().unwrap_or_default() > HIGHEST {
        errors.push(value.forbidden(format!(
            "maximum allowed value of a user defined priority is {HIGHEST}"
        )));
    }
    let policy = Field::of(class, "preemptionPolicy");
    if policy.is_set() {
        errors.extend(policy.need_one_of(&["PreemptLowerPriority", "Never"]));
    }
    errors
}

/// Whether it is one of the system's own (`IsKnownSystemPriorityClass`).
fn known(class: &Object) -> Result<(), String> {
    let name = class.name();
    let value = match name {
        "system-node-critical" => HIGHEST * 2 + 1000,
        "system-cluster-critical" => HIGHEST * 2,
        _ => return Err(format!("{name} is not a known system priority class")),
    };
    if class.value()["value"] != value {
        return Err(format!("value of {name} PriorityClass must be {value}"));
    }
    if class.value()["globalDefault"] == true {
        return Err(format!(
            "globalDefault of {name} PriorityClass must be false"
        ));
    }
    Ok(())
}

fn validate_update(new: &Object, old: &Object) -> Errors {
    let field = |of, name| Field::of(of, name);
    let mut errors = Errors::new();
    if field(new, "value").value() != field(old, "value").value() {
        errors.push(field(new, "value").forbidden("may not be changed in an update."));
    }
    errors.extend(field(new, "preemptionPolicy").immutable(&field(old, "preemptionPolicy")));
    errors
}
