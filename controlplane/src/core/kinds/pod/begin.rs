//! How a new pod begins.

use serde_json::{Map, Value, json};

use super::{
    super::{super::object::Object, pod_spec::drop_disabled},
    quality,
};

type Fields = Map<String, Value>;

pub(super) fn begin(pod: &mut Object) {
    let given = pod.text("/status/qosClass");
    let class = if given.is_empty() {
        quality::of(&pod.value()["spec"]).to_owned()
    } else {
        given.to_owned()
    };
    let mut status = json!({"phase": "Pending", "qosClass": class});
    let labels = pod.meta().get("labels").cloned().unwrap_or_default();
    let annotations = pod.meta().get("annotations").cloned().unwrap_or_default();
    let now = pod.text("/metadata/creationTimestamp").to_owned();
    let spec = &mut pod.value_mut()["spec"];
    drop_disabled(spec);
    if spec["schedulingGates"]
        .as_array()
        .is_some_and(|it| !it.is_empty())
    {
        status["conditions"] = json!([{
            "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
            "lastProbeTime": null, "lastTransitionTime": now,
        }]);
    }
    select_by_own_labels(spec, &labels);
    profiles_from_annotations(spec, &annotations);
    pod.fields_mut().insert("status".into(), status);
}

/// Where selectors are to select pods that are labelled as this one, they now say so.
fn select_by_own_labels(spec: &mut Value, labels: &Value) {
    for kind in ["podAffinity", "podAntiAffinity"] {
        let Some(of_kind) = spec.pointer_mut(&format!("/affinity/{kind}")) else {
            continue;
        };
        for (list, inner) in [
            ("preferredDuringSchedulingIgnoredDuringExecution", true),
            ("requiredDuringSchedulingIgnoredDuringExecution", false),
        ] {
            for term in items(of_kind.get_mut(list)) {
                let term = if inner {
                    term.get_mut("podAffinityTerm")
                        .and_then(Value::as_object_mut)
                } else {
                    Some(term)
                };
                if let Some(term) = term {
                    add_labels(term, "matchLabelKeys", "In", labels);
                    add_labels(term, "mismatchLabelKeys", "NotIn", labels);
                }
            }
        }
    }
    for constraint in items(spec.get_mut("topologySpreadConstraints")) {
        add_labels(constraint, "matchLabelKeys", "In", labels);
    }
}

fn add_labels(term: &mut Fields, keys: &str, operator: &str, labels: &Value) {
    let keys = term.get(keys).and_then(Value::as_array).cloned();
    let Some(selector) = term.get_mut("labelSelector").and_then(Value::as_object_mut) else {
        return;
    };
    for key in keys.into_iter().flatten() {
        let Some(value) = key.as_str().and_then(|key| labels.get(key)) else {
            continue;
        };
        let requirement = json!({"key": key, "operator": operator, "values": [value]});
        let list = selector
            .entry("matchExpressions")
            .or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(requirement);
        }
    }
}

/// What annotations say of `AppArmor`, where the fields say nothing.
fn profiles_from_annotations(spec: &mut Value, annotations: &Value) {
    if spec["os"]["name"] == "windows" {
        return;
    }
    let of_pod = spec["securityContext"]["appArmorProfile"].clone();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in items(spec.get_mut(list)) {
            let name = container.get("name").and_then(Value::as_str);
            let key = format!(
                "container.apparmor.security.beta.kubernetes.io/{}",
                name.unwrap_or_default()
            );
            let Some(profile) = annotations[&key].as_str().and_then(profile) else {
                continue;
            };
            let context = container
                .entry("securityContext")
                .or_insert_with(|| json!({}));
            if context["appArmorProfile"].is_null() && profile != of_pod {
                context["appArmorProfile"] = profile;
            }
        }
    }
}

fn profile(annotation: &str) -> Option<Value> {
    match annotation {
        "unconfined" => Some(json!({"type": "Unconfined"})),
        "runtime/default" => Some(json!({"type": "RuntimeDefault"})),
        _ => {
            let path = annotation.strip_prefix("localhost/")?;
            let is_right = !path.is_empty() && path.trim() == path && path.len() <= 4095;
            is_right.then(|| json!({"type": "Localhost", "localhostProfile": path}))
        }
    }
}

fn items(list: Option<&mut Value>) -> impl Iterator<Item = &mut Fields> {
    let list = list.and_then(Value::as_array_mut);
    list.into_iter().flatten().filter_map(Value::as_object_mut)
}
