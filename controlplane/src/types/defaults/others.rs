//! The smaller groups.

use serde_json::{Value, json};

use super::{Fields, Rule, default, fill, items, object, text, unset};

const RBAC: &str = "rbac.authorization.k8s.io";

pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "admissionregistration.v1.ValidatingWebhook" => webhook,
        "admissionregistration.v1.MutatingWebhook" => |it| {
            webhook(it);
            default(it, "reinvocationPolicy", "Never");
        },
        "admissionregistration.v1.RuleWithOperations" => |it| default(it, "scope", "*"),
        "admissionregistration.v1.ServiceReference" | "apiextensions.v1.ServiceReference" => {
            |it| default(it, "port", 443)
        }
        "apiextensions.v1.CustomResourceDefinition" => definition,
        "authentication.v1.TokenRequestSpec" => |it| default(it, "expirationSeconds", 3600),
        "autoscaling.v2.HorizontalPodAutoscaler" => |it| autoscaler(object(it, "spec")),
        "discovery.v1.EndpointPort" => |it| {
            default(it, "name", "");
            default(it, "protocol", "TCP");
        },
        "networking.v1.NetworkPolicyPort" => |it| default(it, "protocol", "TCP"),
        "networking.v1.NetworkPolicy" => |it| network_policy(object(it, "spec")),
        "networking.v1.IngressClassParametersReference" => |it| default(it, "scope", "Cluster"),
        "rbac.v1.RoleRef" => |it| fill(it, "apiGroup", RBAC),
        "rbac.v1.Subject" => |it| {
            if matches!(text(it, "kind"), "User" | "Group") {
                default(it, "apiGroup", RBAC);
            }
        },
        "scheduling.v1.PriorityClass" => {
            |it| default(it, "preemptionPolicy", "PreemptLowerPriority")
        }
        "storage.v1.StorageClass" => |it| {
            default(it, "reclaimPolicy", "Delete");
            default(it, "volumeBindingMode", "Immediate");
        },
        _ => return None,
    })
}

fn webhook(webhook: &mut Fields) {
    default(webhook, "failurePolicy", "Fail");
    default(webhook, "matchPolicy", "Equivalent");
    default(webhook, "namespaceSelector", json!({}));
    default(webhook, "objectSelector", json!({}));
    default(webhook, "timeoutSeconds", 10);
}

fn definition(definition: &mut Fields) {
    let spec = object(definition, "spec");
    let names = object(spec, "names");
    let kind = text(names, "kind").to_owned();
    if text(names, "singular").is_empty() {
        names.insert("singular".into(), kind.to_lowercase().into());
    }
    if text(names, "listKind").is_empty() && !kind.is_empty() {
        names.insert("listKind".into(), format!("{kind}List").into());
    }
    default(spec, "conversion", json!({"strategy": "None"}));
    let stored = items(spec, "versions").find(|it| it.get("storage") == Some(&Value::Bool(true)));
    let stored = stored.and_then(|it| it.get("name").cloned());
    let status = object(definition, "status");
    let none = status
        .get("storedVersions")
        .and_then(Value::as_array)
        .is_none_or(Vec::is_empty);
    if let Some(stored) = stored.filter(|_| none) {
        status.insert("storedVersions".into(), json!([stored]));
    }
}

fn network_policy(spec: &mut Fields) {
    let mut types = vec!["Ingress"];
    if items(spec, "egress").next().is_some() {
        types.push("Egress");
    }
    default(spec, "policyTypes", types);
}

fn autoscaler(spec: &mut Fields) {
    default(spec, "minReplicas", 1);
    let cpu = json!({"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}});
    default(
        spec,
        "metrics",
        json!([{"type": "Resource", "resource": cpu}]),
    );
    if unset(spec, "behavior") {
        return;
    }
    let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
    let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
    let behavior = object(spec, "behavior");
    let up = object(behavior, "scaleUp");
    default(up, "stabilizationWindowSeconds", 0);
    default(up, "selectPolicy", "Max");
    default(up, "policies", json!([pods, percent]));
    let down = object(behavior, "scaleDown");
    default(down, "selectPolicy", "Max");
    default(down, "policies", json!([percent]));
}
