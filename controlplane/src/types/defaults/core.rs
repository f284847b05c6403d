//! `core/v1`, but for pods.

use serde_json::{Value, json};

use super::{Fields, Rule, default, items, object, text};
use crate::types::base64;

pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "core.v1.Namespace" => namespace,
        "core.v1.NamespaceStatus" => |it| default(it, "phase", "Active"),
        "core.v1.NodeStatus" => node_status,
        "core.v1.Secret" => |it| default(it, "type", "Opaque"),
        "core.v1.Service" => service,
        "core.v1.EndpointPort" => |it| default(it, "protocol", "TCP"),
        "core.v1.PersistentVolumeStatus" | "core.v1.PersistentVolumeClaimStatus" => {
            |it| default(it, "phase", "Pending")
        }
        "core.v1.PersistentVolumeSpec" => |it| {
            default(it, "persistentVolumeReclaimPolicy", "Retain");
            default(it, "volumeMode", "Filesystem");
        },
        "core.v1.PersistentVolumeClaimSpec" => |it| default(it, "volumeMode", "Filesystem"),
        _ => return None,
    })
}

/// What storing changes, after the defaults.
pub(super) fn stored(name: &str) -> Option<Rule> {
    match name {
        "core.v1.Secret" => Some(secret_data),
        "core.v1.NodeSpec" => Some(|it| both(it, "podCIDR", "podCIDRs", |it| it, |it| it)),
        _ => None,
    }
}

/// A field for the first of a list, and the list: what one of the two says is in the other, too.
pub(super) fn both(
    fields: &mut Fields,
    one: &str,
    all: &str,
    item: fn(Value) -> Value,
    first: fn(Value) -> Value,
) {
    match (
        fields.get(one).cloned(),
        fields.get(all).and_then(|it| it.get(0)).cloned(),
    ) {
        (None, Some(head)) => {
            fields.insert(one.into(), first(head));
        }
        (Some(single), head) if head.clone().map(first) != Some(single.clone()) => {
            fields.insert(all.into(), json!([item(single)]));
        }
        _ => {}
    }
}

fn namespace(namespace: &mut Fields) {
    let metadata = object(namespace, "metadata");
    let name = text(metadata, "name").to_owned();
    if !name.is_empty() {
        object(metadata, "labels").insert("kubernetes.io/metadata.name".into(), name.into());
    }
}

fn node_status(status: &mut Fields) {
    if let Some(capacity) = status.get("capacity").cloned() {
        default(status, "allocatable", capacity);
    }
}

fn secret_data(secret: &mut Fields) {
    let Some(Value::Object(texts)) = secret.remove("stringData") else {
        return;
    };
    let data = object(secret, "data");
    for (key, text) in texts {
        data.insert(
            key,
            base64::encoded(text.as_str().unwrap_or_default().as_bytes()).into(),
        );
    }
}

fn service(service: &mut Fields) {
    let spec = object(service, "spec");
    affinity(spec);
    default(spec, "type", "ClusterIP");
    for port in items(spec, "ports") {
        default(port, "protocol", "TCP");
        let number = port.get("port").cloned().unwrap_or_default();
        if matches!(port.get("targetPort"), None | Some(Value::Null))
            || port["targetPort"] == 0
            || port["targetPort"] == ""
        {
            port.insert("targetPort".into(), number);
        }
    }
    let kind = text(spec, "type").to_owned();
    let balanced = kind == "LoadBalancer";
    let has_addresses = spec
        .get("externalIPs")
        .and_then(Value::as_array)
        .is_some_and(|it| !it.is_empty());
    if balanced || kind == "NodePort" || (kind == "ClusterIP" && has_addresses) {
        default(spec, "externalTrafficPolicy", "Cluster");
    }
    if balanced || kind == "NodePort" || kind == "ClusterIP" {
        default(spec, "internalTrafficPolicy", "Cluster");
    }
    if balanced {
        default(spec, "allocateLoadBalancerNodePorts", true);
        for ingress in items(object(object(service, "status"), "loadBalancer"), "ingress") {
            if !text(ingress, "ip").is_empty() {
                default(ingress, "ipMode", "VIP");
            }
        }
    }
}

fn affinity(spec: &mut Fields) {
    const THREE_HOURS: i32 = 10_800;
    default(spec, "sessionAffinity", "None");
    match text(spec, "sessionAffinity") {
        "None" => {
            spec.remove("sessionAffinityConfig");
        }
        "ClientIP" => {
            let config = spec.get("sessionAffinityConfig");
            let given = config.and_then(|it| it.pointer("/clientIP/timeoutSeconds"));
            if given.is_none_or(Value::is_null) {
                let config = json!({"clientIP": {"timeoutSeconds": THREE_HOURS}});
                spec.insert("sessionAffinityConfig".into(), config);
            }
        }
        _ => {}
    }
}
