//! How namespaces begin and end, as `pkg/registry/core/namespace` in Kubernetes has it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{
    builtin::{Builtin, PLAIN},
    field::{Errors, Field},
    names,
    object::{Object, seconds},
    resource::Part,
};

pub(super) const KIND: Builtin = Builtin {
    plural: "namespaces",
    name: names::dns_label,
    status: true,
    returns_deleted: true,
    fields: &["status.phase"],
    begin,
    keep,
    is_held,
    terminate: Some(terminate),
    validate: |namespace| finalizers(namespace, false),
    validate_update,
    ..PLAIN
};

/// The finalizer of what is in a namespace.
const FINALIZER: &str = "kubernetes";
const OWN_NAME: &str = "kubernetes.io/metadata.name";

/// Gives a new namespace its label, its finalizer and its phase.
fn begin(namespace: &mut Object) {
    namespace
        .fields_mut()
        .insert("status".into(), json!({"phase": "Active"}));
    let spec = &mut namespace.value_mut()["spec"];
    if !spec.is_object() {
        *spec = json!({});
    }
    let mut finalizers = spec["finalizers"].as_array().cloned().unwrap_or_default();
    if !finalizers.iter().any(|one| one == FINALIZER) {
        finalizers.push(FINALIZER.into());
    }
    spec["finalizers"] = finalizers.into();
    label(namespace);
}

/// Takes back what this part of a namespace may not change.
fn keep(new: &mut Object, old: &Object, part: Part) {
    if part != Part::Finalize {
        new.take_field("spec", old);
    }
    if part != Part::Status {
        new.take_field("status", old);
    }
    label(new);
}

fn finalizers(namespace: &Object, indexed: bool) -> Errors {
    let all = Field::of(namespace, "spec").at("finalizers");
    let mut errors = Errors::new();
    for one in all.items() {
        let one = if indexed { one } else { one.named(all.path()) };
        errors.extend(one.complaints(names::qualified));
        let is_standard = matches!(one.text(), "kubernetes" | "orphan" | "foregroundDeletion");
        if !one.text().contains('/') && !is_standard {
            errors.push(
                one.invalid("name is neither a standard finalizer name nor is it fully qualified"),
            );
        }
    }
    errors
}

fn validate_update(new: &Object, _: &Object, part: Part) -> Errors {
    let phase = Field::of(new, "status").at("phase").named("status.Phase");
    let wrong = match (part, new.is_being_deleted(), phase.text()) {
        (Part::Finalize, _, _) => return finalizers(new, true),
        (Part::Status, false, phase) if phase != "Active" => {
            "may only be 'Active' if `deletionTimestamp` is empty"
        }
        (Part::Status, true, phase) if phase != "Terminating" => {
            "may only be 'Terminating' if `deletionTimestamp` is not empty"
        }
        _ => return Errors::new(),
    };
    vec![phase.invalid(wrong)]
}

/// Whether there may be something in a namespace: it stays until a controller has seen to that.
fn is_held(namespace: &Object) -> bool {
    let finalizers = namespace.value()["spec"]["finalizers"].as_array();
    finalizers.is_some_and(|list| !list.is_empty())
}

/// The first step of its end.
fn terminate(namespace: &mut Object, now: Timestamp) {
    namespace.set_meta("deletionTimestamp", seconds(now));
    namespace.value_mut()["status"]["phase"] = "Terminating".into();
}

fn label(namespace: &mut Object) {
    let name = namespace.name().to_owned();
    let labels = namespace
        .meta_mut()
        .entry("labels")
        .or_insert_with(|| json!({}));
    if !labels.is_object() {
        *labels = json!({});
    }
    labels[OWN_NAME] = Value::String(name);
}
