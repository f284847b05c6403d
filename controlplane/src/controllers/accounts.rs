//! What each namespace has from the beginning: the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`, as
//! `serviceaccounts_controller.go` and `rootcacertpublisher` of kube-controller-manager make them.

use serde_json::json;

use super::{
    Again, Outcome, Task,
    desk::{Desk, Who},
    feed::Change,
};
use crate::core::object::Key;

const ACCOUNTS: Who = Who::Controller("service-account-controller");
const CERTIFICATES: Who = Who::Controller("root-ca-cert-publisher");
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/// What a change makes necessary.
pub(crate) fn tasks(change: &Change) -> Vec<Task> {
    let key = change.key();
    let is_gone = change.after.is_none();
    match (&*change.collection, key.name.as_str()) {
        ("namespaces", name) if !is_gone => {
            vec![
                Task::Account(name.into()),
                Task::RootCertificate(name.into()),
            ]
        }
        ("serviceaccounts", "default") if is_gone => vec![Task::Account(key.namespace)],
        ("configmaps", "kube-root-ca.crt") => vec![Task::RootCertificate(key.namespace)],
        _ => Vec::new(),
    }
}

pub(crate) fn ensure_default(namespace: &str, desk: &mut Desk<'_>) -> Outcome {
    let is_there = desk
        .get("serviceaccounts", &Key::new(namespace, "default"))
        .is_some();
    if is_there || !is_active(namespace, desk) {
        return Ok(Again::No);
    }
    let account = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": namespace},
    });
    desk.create(ACCOUNTS, "serviceaccounts", namespace, &account)?;
    Ok(Again::No)
}

pub(crate) fn publish(pem: &str, namespace: &str, desk: &mut Desk<'_>) -> Outcome {
    if !is_active(namespace, desk) {
        return Ok(Again::No);
    }
    let key = Key::new(namespace, "kube-root-ca.crt");
    let data = json!({"ca.crt": pem});
    let Some(found) = desk.get("configmaps", &key) else {
        let published = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": key.name, "namespace": namespace, "annotations": {"kubernetes.io/description": DESCRIPTION}},
            "data": data,
        });
        desk.create(CERTIFICATES, "configmaps", namespace, &published)?;
        return Ok(Again::No);
    };
    let described = found
        .object
        .text("/metadata/annotations/kubernetes.io~1description");
    if found.object.value()["data"] == data && !described.is_empty() {
        return Ok(Again::No);
    }
    let mut object = found.object.clone();
    object.fields_mut().insert("data".into(), data);
    object.value_mut()["metadata"]["annotations"]["kubernetes.io/description"] = DESCRIPTION.into();
    desk.update(CERTIFICATES, "configmaps", "", &object)?;
    Ok(Again::No)
}

fn is_active(namespace: &str, desk: &Desk<'_>) -> bool {
    let found = desk.get("namespaces", &Key::new("", namespace));
    found.is_some_and(|one| one.object.text("/status/phase") == "Active")
}
