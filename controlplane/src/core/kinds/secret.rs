//! Secrets, as `pkg/registry/core/secret` in Kubernetes has them.

use super::{
    super::{
        builtin::{Builtin, PLAIN, metadata},
        field::Field,
        object::Object,
        resource::Part,
    },
    config_map::{MOST_BYTES, immutable, keyed},
    key_pair,
};
use crate::{FieldError, types};

pub(super) const KIND: Builtin = Builtin {
    plural: "secrets",
    fields: &["type"],
    keep,
    validate,
    validate_update,
    warnings,
    ..PLAIN
};

fn keep(new: &mut Object, old: &Object, _: Part) {
    if new.text("/type").is_empty() {
        new.take_field("type", old);
    }
}

fn validate(secret: &Object) -> Vec<FieldError> {
    let data = Field::of(secret, "data");
    let mut errors = Vec::new();
    let mut size = 0;
    for (key, value) in data.entries() {
        errors.extend(keyed(key, &value));
        size += types::bytes(value.text()).len();
    }
    if size > MOST_BYTES {
        errors.push(data.too_long(MOST_BYTES));
    }
    errors.extend(typed(secret, &data));
    errors
}

/// What a type asks for.
fn typed(secret: &Object, data: &Field<'_>) -> Vec<FieldError> {
    let missing = |keys: &[&str]| -> Vec<FieldError> {
        let places = keys.iter().map(|key| data.key(key));
        let missing = places.filter(|place| !place.is_set());
        missing.map(|place| place.required("")).collect()
    };
    match secret.text("/type") {
        "kubernetes.io/service-account-token" => {
            let annotations = Field::new(
                "metadata.annotations",
                &secret.value()["metadata"]["annotations"],
            );
            let account = annotations.key("kubernetes.io/service-account.name");
            account.need().into_iter().collect()
        }
        "kubernetes.io/dockercfg" => json_at(&data.key(".dockercfg")),
        "kubernetes.io/dockerconfigjson" => json_at(&data.key(".dockerconfigjson")),
        "kubernetes.io/basic-auth" => {
            let both = missing(&["username", "password"]);
            if both.len() == 2 { both } else { Vec::new() }
        }
        "kubernetes.io/ssh-auth" => data.key("ssh-privatekey").need().into_iter().collect(),
        "kubernetes.io/tls" => missing(&["tls.crt", "tls.key"]),
        _ => Vec::new(),
    }
}

/// What is there is to be JSON.
fn json_at(place: &Field<'_>) -> Vec<FieldError> {
    if !place.is_set() {
        return vec![place.required("")];
    }
    let wrong = types::json_object_error(&types::bytes(place.text()));
    let error = |why: String| place.invalid(why).showing("\"<secret contents redacted>\"");
    wrong.map(error).into_iter().collect()
}

fn validate_update(new: &Object, old: &Object, _: Part) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(Field::of(new, "type").immutable(&Field::of(old, "type")));
    errors.extend(immutable(new, old, &["data"]));
    errors.extend(metadata(new, true));
    errors.extend(validate(new));
    errors
}

fn warnings(secret: &Object, _: Option<&Object>) -> Vec<String> {
    if secret.text("/type") != "kubernetes.io/tls" {
        return Vec::new();
    }
    let data = Field::of(secret, "data");
    let part = |key| types::bytes(data.key(key).text());
    let wrong = key_pair::complaint(&part("tls.crt"), &part("tls.key"));
    wrong.into_iter().collect()
}
