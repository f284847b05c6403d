//! What becomes of pods before they are looked at: the admission plugins `ServiceAccount`, `DefaultTolerationSeconds`,
//! `RuntimeClass` and `PodTopologyLabels` of Kubernetes.

use serde_json::{Value, json};

use super::{
    super::{
        Core, RunningControllers,
        names::path_segment,
        object::{Key, Object},
        resource::Part,
        write::{Write, generate_name},
    },
    forbidden,
    priority::keep_priority,
};
use crate::Refusal;

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_VOLUME: &str = "kube-api-access-";
/// A token lives an hour, and is taken for a year by those who don't read it again.
const TOKEN_SECONDS: i64 = 3607;
const MIRROR: &str = "kubernetes.io/config.mirror";

impl Core {
    /// Before a pod is created.
    pub(super) fn admit_pod(&mut self, write: &Write<'_>, pod: &mut Object) -> Result<(), Refusal> {
        self.give_account(write, pod)?;
        self.give_priority(write, pod)?;
        tolerate_trouble(pod);
        Self::give_runtime(write, pod)?;
        let node = pod.text("/spec/nodeName").to_owned();
        self.label_by_topology(&node, pod);
        Ok(())
    }

    /// Gives an object the labels that tell where a node is.
    pub(crate) fn label_by_topology(&self, node: &str, object: &mut Object) {
        let Some(node) = self.store.get("nodes", &Key::new("", node)) else {
            return;
        };
        for place in ["zone", "region"] {
            let label = format!("topology.kubernetes.io/{place}");
            if let Some(value) = node.object.label(&label) {
                let labels = object.meta_mut().entry("labels");
                labels.or_insert_with(|| json!({}))[&label] = value.into();
            }
        }
    }

    /// Before a pod is changed.
    pub(super) fn admit_pod_update(
        &self,
        write: &Write<'_>,
        old: &Object,
        new: &mut Object,
    ) -> Result<(), Refusal> {
        match write.part {
            Part::Main => {
                keep_priority(old, new);
                tolerate_trouble(new);
            }
            Part::EphemeralContainers if self.settings.controllers != RunningControllers::None => {
                self.account(write, new)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn account(&self, write: &Write<'_>, pod: &Object) -> Result<Value, Refusal> {
        let namespace = &write.call.namespace;
        let name = pod.text("/spec/serviceAccountName");
        if name.is_empty() {
            let why = format!(
                "no service account specified for pod {namespace}/{}",
                pod.name()
            );
            return Err(forbidden(write, pod, &why));
        }
        let found = self
            .store
            .get("serviceaccounts", &Key::new(namespace, name));
        let Some(account) = found.map(|it| it.object.value().clone()) else {
            let why =
                unaskable(name).unwrap_or_else(|| format!("serviceaccount \"{name}\" not found"));
            let why = format!("error looking up service account {namespace}/{name}: {why}");
            return Err(forbidden(write, pod, &why));
        };
        let annotations = &account["metadata"]["annotations"];
        let enforces = annotations["kubernetes.io/enforce-mountable-secrets"].as_str();
        if matches!(enforces, Some("1" | "t" | "T" | "true" | "TRUE" | "True")) {
            return Err(Refusal::not_implemented(
                "accounts that enforce which secrets pods may mount",
            ));
        }
        Ok(account)
    }

    fn give_account(&mut self, write: &Write<'_>, pod: &mut Object) -> Result<(), Refusal> {
        if self.settings.controllers == RunningControllers::None {
            return Ok(());
        }
        if pod
            .meta()
            .get("annotations")
            .is_some_and(|it| it.get(MIRROR).is_some())
        {
            return Err(Refusal::not_implemented("mirror pods"));
        }
        let spec = &mut pod.value_mut()["spec"];
        let named = spec["serviceAccountName"].as_str().unwrap_or_default();
        let name = if named.is_empty() { "default" } else { named }.to_owned();
        spec["serviceAccountName"] = name.as_str().into();
        spec["serviceAccount"] = name.as_str().into();
        let account = self.account(write, pod)?;
        let spec = &mut pod.value_mut()["spec"];
        let wish = |value: &Value| value["automountServiceAccountToken"].as_bool();
        if wish(spec).or_else(|| wish(&account)).unwrap_or(true) {
            self.mount_token(spec);
        }
        let has_secrets = |value: &Value| value.as_array().is_some_and(|it| !it.is_empty());
        let secrets = &account["imagePullSecrets"];
        if !has_secrets(&spec["imagePullSecrets"]) && has_secrets(secrets) {
            spec["imagePullSecrets"] = secrets.clone();
        }
        Ok(())
    }

    fn mount_token(&mut self, spec: &mut Value) {
        let existing = items(&spec["volumes"])
            .filter_map(|it| it["name"].as_str())
            .find(|name| name.starts_with(TOKEN_VOLUME))
            .map(str::to_owned);
        let is_there = existing.is_some();
        let volume = existing.unwrap_or_else(|| generate_name(TOKEN_VOLUME, &mut self.rng));
        let mount = json!({"name": volume, "readOnly": true, "mountPath": TOKEN_PATH});
        let mut is_needed = false;
        for list in ["initContainers", "containers"] {
            let containers = spec.get_mut(list).and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten() {
                let mounts = &container["volumeMounts"];
                if items(mounts).any(|it| it["mountPath"] == TOKEN_PATH) {
                    continue;
                }
                push(container, "volumeMounts", mount.clone());
                is_needed = true;
            }
        }
        if is_needed && !is_there {
            push(spec, "volumes", token_volume(&volume));
        }
    }

    /// After a pod was found valid.
    pub(super) fn admit_valid_pod(write: &Write<'_>, pod: &Object) -> Result<(), Refusal> {
        if pod.value()["spec"]["overhead"].is_null() {
            return Ok(());
        }
        let why =
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        Err(forbidden(write, pod, why))
    }

    /// No kind of runtime is ever there: `RuntimeClasses` are not served.
    fn give_runtime(write: &Write<'_>, pod: &Object) -> Result<(), Refusal> {
        let spec = &pod.value()["spec"];
        if let Some(name) = spec["runtimeClassName"].as_str() {
            if let Some(why) = unaskable(name) {
                return Err(Refusal::unknown(&why));
            }
            let why = format!("pod rejected: RuntimeClass {name:?} not found");
            return Err(forbidden(write, pod, &why));
        }
        Ok(())
    }
}

/// Why nobody can be asked for an object of this name.
fn unaskable(name: &str) -> Option<String> {
    let complaints = path_segment(name);
    (!complaints.is_empty())
        .then(|| format!("invalid resource name {name:?}: [{}]", complaints.join(" ")))
}

/// A pod stays five minutes on a node that is not ready or not reached, unless it says otherwise.
fn tolerate_trouble(pod: &mut Object) {
    let spec = &mut pod.value_mut()["spec"];
    let missing: Vec<&str> = ["not-ready", "unreachable"]
        .into_iter()
        .filter(|trouble| {
            let key = format!("node.kubernetes.io/{trouble}");
            !items(&spec["tolerations"]).any(|it| {
                let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
                let (of, effect) = (text("key"), text("effect"));
                (of.is_empty() || of == key) && matches!(effect.as_str(), "" | "NoExecute")
            })
        })
        .collect();
    for trouble in missing {
        let toleration = json!({
            "key": format!("node.kubernetes.io/{trouble}"), "operator": "Exists",
            "effect": "NoExecute", "tolerationSeconds": 300,
        });
        push(spec, "tolerations", toleration);
    }
}

fn token_volume(name: &str) -> Value {
    json!({
        "name": name,
        "projected": {
            "defaultMode": 0o644,
            "sources": [
                {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
                {"configMap": {
                    "name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}],
                }},
                {"downwardAPI": {"items": [{
                    "path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
                }]}},
            ],
        },
    })
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn push(of: &mut Value, list: &str, item: Value) {
    let list = &mut of[list];
    if !list.is_array() {
        *list = json!([]);
    }
    if let Some(list) = list.as_array_mut() {
        list.push(item);
    }
}
