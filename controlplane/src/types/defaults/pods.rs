//! Pods and their templates.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Fields, Rule, core::both, default, image, items, object, text, unset};
use crate::types::Quantity;

const READABLE: i32 = 0o644;
const HOUR: i32 = 3600;

pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "core.v1.Pod" => pod,
        "core.v1.PodSpec" => pod_spec,
        "core.v1.Volume" => volume,
        "core.v1.Container" | "core.v1.EphemeralContainer" => container,
        "core.v1.Probe" => |it| {
            default(it, "timeoutSeconds", 1);
            default(it, "periodSeconds", 10);
            default(it, "successThreshold", 1);
            default(it, "failureThreshold", 3);
        },
        "core.v1.HTTPGetAction" => |it| {
            default(it, "path", "/");
            default(it, "scheme", "HTTP");
        },
        "core.v1.ObjectFieldSelector" => |it| default(it, "apiVersion", "v1"),
        "core.v1.SecretVolumeSource"
        | "core.v1.ConfigMapVolumeSource"
        | "core.v1.DownwardAPIVolumeSource"
        | "core.v1.ProjectedVolumeSource" => |it| default(it, "defaultMode", READABLE),
        "core.v1.ServiceAccountTokenProjection" => |it| default(it, "expirationSeconds", HOUR),
        "core.v1.HostPathVolumeSource" => |it| default(it, "type", ""),
        _ => return None,
    })
}

/// What storing changes, after the defaults.
pub(super) fn stored(name: &str) -> Option<Rule> {
    match name {
        "core.v1.PodTemplateSpec" => Some(forget_old_annotations),
        "core.v1.Pod" => Some(|it| {
            forget_old_annotations(it);
            let grace = object(it, "spec").get_mut("terminationGracePeriodSeconds");
            if let Some(grace) = grace.filter(|it| it.as_i64().is_some_and(i64::is_negative)) {
                *grace = 1.into();
            }
        }),
        "core.v1.PodSpec" => Some(service_account),
        "core.v1.PodStatus" => Some(|it| {
            both(
                it,
                "podIP",
                "podIPs",
                |ip| json!({"ip": ip}),
                |it| it["ip"].clone(),
            );
        }),
        _ => None,
    }
}

/// From before there were fields for containers that run first.
fn forget_old_annotations(pod: &mut Fields) {
    let metadata = pod.get_mut("metadata");
    let Some(Value::Object(annotations)) = metadata.and_then(|it| it.get_mut("annotations")) else {
        return;
    };
    for version in ["alpha", "beta"] {
        for what in ["containers", "container-statuses"] {
            annotations.remove(&format!("pod.{version}.kubernetes.io/init-{what}"));
        }
    }
}

/// The old name of the field is a second one.
fn service_account(spec: &mut Fields) {
    if unset(spec, "serviceAccountName") {
        if let Some(name) = spec.get("serviceAccount").cloned() {
            spec.insert("serviceAccountName".into(), name);
        }
    } else {
        spec.insert("serviceAccount".into(), spec["serviceAccountName"].clone());
    }
}

fn pod(pod: &mut Fields) {
    let spec = object(pod, "spec");
    for list in ["containers", "initContainers"] {
        for container in items(spec, list) {
            requests_from_limits(container);
        }
    }
    pod_requests(spec);
    default(spec, "enableServiceLinks", true);
    if spec.get("hostNetwork") == Some(&Value::Bool(true)) {
        for list in ["containers", "initContainers"] {
            for port in items(spec, list).flat_map(|it| items(it, "ports")) {
                let number = port.get("containerPort").cloned().unwrap_or_default();
                default(port, "hostPort", number);
            }
        }
    }
}

fn requests_from_limits(container: &mut Fields) {
    let resources = object(container, "resources");
    let Some(Value::Object(limits)) = resources.get("limits").cloned() else {
        return;
    };
    let requests = object(resources, "requests");
    for (name, amount) in limits {
        requests.entry(name).or_insert(amount);
    }
}

/// Requests of the pod as a whole, where it has limits of its own.
fn pod_requests(spec: &mut Fields) {
    let limits = spec
        .get("resources")
        .and_then(|it| it.get("limits"))
        .and_then(Value::as_object)
        .cloned();
    let Some(limits) = limits.filter(|it| !it.is_empty()) else {
        return;
    };
    let of_containers = sum_of_containers(&Value::Object(spec.clone()), "requests");
    let requests = object(object(spec, "resources"), "requests");
    for (name, amount) in of_containers {
        if matches!(name.as_str(), "cpu" | "memory") {
            requests
                .entry(name)
                .or_insert_with(|| amount.to_string().into());
        }
    }
    for (name, amount) in limits {
        if matches!(name.as_str(), "cpu" | "memory") || name.starts_with("hugepages-") {
            requests.entry(name).or_insert(amount);
        }
    }
}

/// What the containers of a pod ask for together, or (`limits`) are held to: their sum, or what one that runs before
/// them needs, if that is more.
pub(crate) fn sum_of_containers(spec: &Value, what: &str) -> BTreeMap<String, Quantity> {
    type Amounts = BTreeMap<String, Quantity>;
    let amounts = |container: &Value| -> Amounts {
        let amounts = container["resources"][what].as_object();
        let amounts = amounts.into_iter().flatten();
        amounts
            .filter_map(|(name, it)| Some((name.clone(), Quantity::parse(it.as_str()?).ok()?)))
            .collect()
    };
    let add = |sum: &mut Amounts, amounts: Amounts| {
        for (name, amount) in amounts {
            let sum = sum.entry(name).or_insert_with(|| Quantity::zero(&amount));
            sum.add(&amount);
        }
    };
    let raise = |most: &mut Amounts, amounts: Amounts| {
        for (name, amount) in amounts {
            let before = most.entry(name).or_insert_with(|| amount.clone());
            if amount.is_more_than(before) {
                *before = amount;
            }
        }
    };
    let containers = |list: &str| spec[list].as_array().into_iter().flatten();
    let mut sum = Amounts::new();
    containers("containers").for_each(|it| add(&mut sum, amounts(it)));
    let (mut beside, mut most) = (Amounts::new(), Amounts::new());
    for container in containers("initContainers") {
        let mut needed = amounts(container);
        if container["restartPolicy"] == "Always" {
            add(&mut sum, needed.clone());
            add(&mut beside, needed);
            needed = beside.clone();
        } else {
            add(&mut needed, beside.clone());
        }
        raise(&mut most, needed);
    }
    raise(&mut sum, most);
    sum
}

fn pod_spec(spec: &mut Fields) {
    default(spec, "dnsPolicy", "ClusterFirst");
    default(spec, "restartPolicy", "Always");
    default(spec, "securityContext", json!({}));
    default(spec, "terminationGracePeriodSeconds", 30);
    default(spec, "schedulerName", "default-scheduler");
}

fn volume(volume: &mut Fields) {
    if volume
        .iter()
        .all(|(name, it)| name == "name" || it.is_null())
    {
        volume.insert("emptyDir".into(), json!({}));
    }
    if let Some(Value::Object(image)) = volume.get_mut("image") {
        pull_policy(image, "reference", "pullPolicy");
    }
}

fn container(container: &mut Fields) {
    pull_policy(container, "image", "imagePullPolicy");
    default(container, "terminationMessagePath", "/dev/termination-log");
    default(container, "terminationMessagePolicy", "File");
}

fn pull_policy(fields: &mut Fields, image: &str, policy: &str) {
    let always = image::is_latest(text(fields, image));
    default(
        fields,
        policy,
        if always { "Always" } else { "IfNotPresent" },
    );
}
