//! StorageClasses, as `pkg/registry/storage/storageclass` in Kubernetes has them.

use serde_json::Value;

use super::super::{
    builtin::{Builtin, Metadata, PLAIN, metadata},
    field::{Errors, Field},
    meta, names,
    object::{Object, texts},
};

pub(super) const KIND: Builtin = Builtin {
    plural: "storageclasses",
    group: "storage.k8s.io",
    returns_deleted: true,
    metadata: Metadata::Told,
    validate,
    validate_update: |new, old, _| validate_update(new, old),
    ..PLAIN
};

const MOST_PARAMETERS: usize = 512;
const LARGEST_PARAMETERS: usize = 256 * 1024;

fn validate(class: &Object) -> Errors {
    let field = |name| Field::of(class, name);
    let provisioner = field("provisioner");
    let mut errors = Errors::new();
    errors.extend(provisioner.need());
    if !provisioner.is_empty() {
        let lower = Value::from(provisioner.text().to_lowercase());
        errors.extend(Field::new("provisioner", &lower).complaints(names::qualified));
    }
    errors.extend(parameters(&field("parameters")));
    if !field("reclaimPolicy").is_empty() {
        errors.extend(field("reclaimPolicy").one_of(&["Delete", "Retain"]));
    }
    let mode = field("volumeBindingMode");
    if mode.is_set() {
        errors.extend(mode.one_of(&["Immediate", "WaitForFirstConsumer"]));
    } else {
        errors.push(mode.required(""));
    }
    errors
}

fn parameters(parameters: &Field<'_>) -> Errors {
    let all: Vec<_> = texts(Some(parameters.value())).collect();
    if all.len() > MOST_PARAMETERS {
        return vec![parameters.too_long(MOST_PARAMETERS)];
    }
    let mut errors = Errors::new();
    if all.iter().any(|(key, _)| key.is_empty()) {
        let nothing = Value::from("");
        let key = Field::new(parameters.path(), &nothing);
        errors.push(key.invalid("field can not be empty."));
    }
    let size: usize = all.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > LARGEST_PARAMETERS {
        errors.push(parameters.too_long(LARGEST_PARAMETERS));
    }
    errors
}

fn validate_update(new: &Object, old: &Object) -> Errors {
    let mut errors = metadata(new, false);
    errors.extend(validate(new));
    errors.extend(meta::validate_update(new, old));
    for name in ["parameters", "provisioner", "reclaimPolicy"] {
        let (field, before) = (Field::of(new, name), Field::of(old, name));
        if field.value() != before.value() {
            errors.push(field.forbidden(format!("updates to {name} are forbidden.")));
        }
    }
    let mode = Field::of(new, "volumeBindingMode");
    errors.extend(mode.immutable(&Field::of(old, "volumeBindingMode")));
    errors
}
