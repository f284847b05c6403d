//! ConfigMaps, as `pkg/registry/core/configmap` in Kubernetes has them.

use super::super::{
    builtin::{Builtin, PLAIN, metadata},
    field::Field,
    names,
    object::Object,
    resource::Part,
};
use crate::{FieldError, types};

/// `MaxSecretSize`: what Secrets and ConfigMaps may hold.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

pub(super) const KIND: Builtin = Builtin {
    plural: "configmaps",
    validate,
    validate_update,
    ..PLAIN
};

fn validate(map: &Object) -> Vec<FieldError> {
    let (data, binary) = (Field::of(map, "data"), Field::of(map, "binaryData"));
    let mut errors = Vec::new();
    let mut size = 0;
    for (key, value) in data.entries() {
        errors.extend(keyed(key, &value));
        if binary.value().get(key).is_some() {
            errors.extend(of_key(
                key,
                &value,
                vec!["duplicate of key present in binaryData".into()],
            ));
        }
        size += value.text().len();
    }
    for (key, value) in binary.entries() {
        errors.extend(keyed(key, &value));
        size += types::bytes(value.text()).len();
    }
    if size > MOST_BYTES {
        // This is how Kubernetes names the object as a whole here.
        errors.push(FieldError::too_long("[]", MOST_BYTES));
    }
    errors
}

fn validate_update(new: &Object, old: &Object, _: Part) -> Vec<FieldError> {
    let mut errors = immutable(new, old, &["data", "binaryData"]);
    errors.extend(metadata(new, true));
    errors.extend(validate(new));
    errors
}

/// What is wrong with the key of a value of a ConfigMap or a Secret.
pub(super) fn keyed(key: &str, value: &Field<'_>) -> Vec<FieldError> {
    of_key(key, value, names::config_key(key))
}

fn of_key(key: &str, value: &Field<'_>, complaints: names::Complaints) -> Vec<FieldError> {
    let error = |why| FieldError::invalid(value.path(), key, why);
    complaints.into_iter().map(error).collect()
}

/// What was changed of an object that says that it is immutable.
pub(super) fn immutable(new: &Object, old: &Object, fields: &[&str]) -> Vec<FieldError> {
    const WHY: &str = "field is immutable when `immutable` is set";
    if old.value()["immutable"] != true {
        return Vec::new();
    }
    let mut errors = Vec::new();
    if new.value()["immutable"] != true {
        errors.push(Field::of(new, "immutable").forbidden(WHY));
    }
    let changed = fields
        .iter()
        .filter(|field| new.value()[**field] != old.value()[**field]);
    errors.extend(changed.map(|field| Field::of(new, field).forbidden(WHY)));
    errors
}
