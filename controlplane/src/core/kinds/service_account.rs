//! ServiceAccounts, as `pkg/registry/core/serviceaccount` in Kubernetes has them.

use serde_json::{Value, json};

use super::super::{
    builtin::{Builtin, PLAIN, metadata},
    object::Object,
};

const MOUNTABLE: &str = "kubernetes.io/enforce-mountable-secrets";

pub(super) const KIND: Builtin = Builtin {
    plural: "serviceaccounts",
    returns_deleted: true,
    begin: name_secrets,
    keep: |new, _, _| name_secrets(new),
    validate_update: |new, _, _| metadata(new, true),
    warnings,
    ..PLAIN
};

/// Secrets are known by their names alone.
fn name_secrets(account: &mut Object) {
    let secrets = account.fields_mut().get_mut("secrets");
    let secrets = secrets.and_then(Value::as_array_mut);
    for secret in secrets.into_iter().flatten() {
        *secret = match secret["name"].as_str() {
            Some(name) => json!({ "name": name }),
            None => json!({}),
        };
    }
}

fn warnings(account: &Object, old: Option<&Object>) -> Vec<String> {
    let says = |account: &Object| {
        let annotations = account.meta().get("annotations");
        annotations
            .and_then(|all| all.get(MOUNTABLE))
            .is_some_and(Value::is_string)
    };
    if !says(account) || old.is_some_and(says) {
        return Vec::new();
    }
    vec![format!(
        "metadata.annotations[{MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
    )]
}
