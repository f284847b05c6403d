//! Parts of a pod that are changed by endpoints of their own: containers to look into it, and how much it is given.

use serde_json::{Map, Value, json};

use super::{
    super::{
        super::{
            field::{Errors, Field},
            object::Object,
        },
        difference,
    },
    quality,
};
use crate::FieldReason;

/// What both leave as it is.
fn keep_metadata(new: &mut Object, old: &Object) {
    for field in [
        "deletionTimestamp",
        "generation",
        "labels",
        "annotations",
        "finalizers",
        "ownerReferences",
    ] {
        new.take_meta(field, old);
    }
    new.take_field("status", old);
}

/// Of the spec, `ephemeralContainers` change alone.
pub(super) fn keep_but_ephemeral(new: &mut Object, old: &Object) {
    let containers = new.value()["spec"]["ephemeralContainers"].clone();
    new.take_field("spec", old);
    keep_metadata(new, old);
    set(
        &mut new.value_mut()["spec"],
        "ephemeralContainers",
        containers,
    );
}

fn set(of: &mut Value, name: &str, value: Value) {
    let Some(fields) = of.as_object_mut() else {
        return;
    };
    if value.is_null() {
        fields.remove(name);
    } else {
        fields.insert(name.into(), value);
    }
}

/// Of the spec, the resources of containers change alone; where containers come, go or change places, it is refused later.
pub(super) fn keep_but_resources(new: &mut Object, old: &Object) {
    const LISTS: [&str; 2] = ["containers", "initContainers"];
    let count = |of: &Object, list: &str| of.value()["spec"][list].as_array().map_or(0, Vec::len);
    if LISTS
        .iter()
        .any(|list| count(new, list) != count(old, list))
    {
        return;
    }
    let merged = LISTS.map(|list| {
        let (new, old) = (&new.value()["spec"][list], &old.value()["spec"][list]);
        merged(new, old)
    });
    new.take_field("spec", old);
    keep_metadata(new, old);
    for (list, containers) in LISTS.iter().zip(merged) {
        set(&mut new.value_mut()["spec"], list, containers);
    }
}

/// The old containers with the resources of the new; the new ones where these are others.
fn merged(new: &Value, old: &Value) -> Value {
    let (Some(from), Some(to)) = (new.as_array(), old.as_array()) else {
        return new.clone();
    };
    let mut merged = to.clone();
    for (from, to) in from.iter().zip(&mut merged) {
        if from["name"] != to["name"] {
            return new.clone();
        }
        for name in ["resources", "resizePolicy"] {
            set(to, name, from[name].clone());
        }
    }
    merged.into()
}

/// Containers to look into a pod are added, and stay as they are.
pub(super) fn validate_ephemeral(new: &Object, old: &Object) -> Errors {
    let list = Field::of(new, "spec").at("ephemeralContainers");
    let old = Field::of(old, "spec").at("ephemeralContainers");
    let mut errors = Errors::new();
    for before in old.items() {
        let name = before.at("name").text();
        let mut now = list.items().filter(|it| it.at("name").text() == name);
        match now.next() {
            None => errors.push(list.forbidden(format!(
                "existing ephemeral containers {name:?} may not be removed\n"
            ))),
            Some(now) => {
                let kind = "core.EphemeralContainer";
                let shown = difference::of(kind, before.value(), now.value());
                if !shown.is_empty() {
                    errors.push(list.forbidden(format!(
                        "existing ephemeral containers {name:?} may not be changed\n{shown}"
                    )));
                }
            }
        }
    }
    errors
}

/// Processor and memory change, and nothing else.
pub(super) fn validate_resize(new: &Object, old: &Object) -> Errors {
    let (spec, before) = (Field::of(new, "spec"), Field::of(old, "spec"));
    let nameless = Field::new("[]", &Value::Null);
    if before.at("os").at("name").text() == "windows" {
        return vec![nameless.forbidden("windows pods cannot be resized")];
    }
    let mut errors = Errors::new();
    if old.text("/status/qosClass") != quality::of(spec.value()) {
        let class = new.text("/status/qosClass");
        let why = "Pod QOS Class may not change as a result of resizing";
        errors.push(spec.error(FieldReason::Invalid, class, why));
    }
    let statuses = Field::of(old, "status").at("containerStatuses");
    let running = statuses
        .items()
        .find(|it| it.at("state").at("running").is_set());
    if running.is_some_and(|it| !it.at("resources").is_set()) {
        errors.push(spec.forbidden("Pod running on node without support for resize"));
    }
    let has_own = |spec: &Field<'_>| {
        let own = spec.at("resources");
        !own.at("requests").is_empty() || !own.at("limits").is_empty()
    };
    if has_own(&spec) || has_own(&before) {
        errors.push(nameless.forbidden("resize of pods with pod-level resources is forbidden when InPlacePodLevelResourcesVerticalScalingEnabled feature gate is disabled"));
        return errors;
    }
    let order: Errors = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| same_order(&spec.at(list), &before.at(list), list))
        .collect();
    if !order.is_empty() {
        errors.extend(order);
        return errors;
    }
    errors.extend(removed(&spec, &before));
    errors.extend(others(&spec, &before));
    errors
}

fn same_order(new: &Field<'_>, old: &Field<'_>, what: &str) -> Errors {
    if new.len() != old.len() {
        return vec![new.forbidden(format!("{what} may not be added or removed on resize"))];
    }
    let pairs = new.items().zip(old.items());
    pairs
        .filter(|(new, old)| new.at("name").text() != old.at("name").text())
        .map(|(new, _)| {
            let why = format!("{what} may not be renamed or reordered on resize");
            new.at("name").forbidden(why)
        })
        .collect()
}

fn runs_on(container: &Field<'_>) -> bool {
    container.at("restartPolicy").text() == "Always"
}

fn removed(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for list in ["initContainers", "containers"] {
        let (new, old) = (new.at(list), old.at(list));
        for (new, old) in new.items().zip(old.items()) {
            if list == "initContainers" && !runs_on(&old) {
                continue;
            }
            for what in ["requests", "limits"] {
                let amounts = new.at("resources").at(what);
                let mut before = old.at("resources").at(what).keys();
                if before.any(|name| !amounts.key(name).is_set()) {
                    errors.push(amounts.forbidden(format!("resource {what} cannot be removed")));
                }
            }
        }
    }
    errors
}

/// Changes of anything but processor and memory.
fn others(new: &Field<'_>, old: &Field<'_>) -> Errors {
    let mut errors = Errors::new();
    for list in ["containers", "initContainers"] {
        let (now, before) = (new.at(list), old.at(list));
        for (now, before) in now.items().zip(before.items()) {
            let why = match list {
                "containers" => "only cpu and memory resources are mutable",
                _ if runs_on(&now) => {
                    "only cpu and memory resources for sidecar containers are mutable"
                }
                _ => "resources for non-sidecar init containers are immutable",
            };
            let masks = list == "containers" || runs_on(&now);
            let masked = if masks {
                masked(now.value(), before.value())
            } else {
                now.value().clone()
            };
            if !difference::of("core.Container", before.value(), &masked).is_empty() {
                errors.push(new.forbidden(why));
            }
        }
    }
    errors
}

/// A container with the processor and memory of another.
fn masked(container: &Value, other: &Value) -> Value {
    let mut masked = container.clone();
    let mut resources = Map::new();
    for what in ["limits", "requests"] {
        let amounts = container["resources"][what].as_object();
        let mut amounts = amounts.cloned().unwrap_or_default();
        for name in ["cpu", "memory"] {
            amounts.remove(name);
            let before = &other["resources"][what][name];
            if !before.is_null() {
                amounts.insert(name.into(), before.clone());
            }
        }
        if !amounts.is_empty() {
            resources.insert(what.into(), amounts.into());
        }
    }
    masked["resources"] = json!(resources);
    masked
}
