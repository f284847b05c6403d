//! The cells of a row, a function a kind: `pkg/printers/internalversion` of kubernetes.

mod autoscaler;
mod cluster;
mod network;
mod pod;
mod storage;
mod workloads;

use jiff::Timestamp;
use serde_json::Value;

use super::age;

pub(super) use pod::conditions as pod_conditions;

/// The cells of an object; after those, what its row tells besides.
pub(super) type Cells = fn(&Value, Timestamp) -> Vec<Value>;

/// The function for a kind of an API group; none for kinds with the default table.
pub(super) fn of(group: &str, kind: &str) -> Option<Cells> {
    Some(match (group, kind) {
        ("", "Pod") => pod::pod,
        ("", "PodTemplate") => workloads::pod_template,
        ("", "ReplicationController") => workloads::replication_controller,
        ("apps", "Deployment") => workloads::deployment,
        ("apps", "ReplicaSet") => workloads::replica_set,
        ("apps", "StatefulSet") => workloads::stateful_set,
        ("apps", "DaemonSet") => workloads::daemon_set,
        ("apps", "ControllerRevision") => workloads::controller_revision,
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler::horizontal_pod_autoscaler,
        ("autoscaling", "Scale") => workloads::scale,
        ("batch", "Job") => workloads::job,
        ("batch", "CronJob") => workloads::cron_job,
        ("policy", "PodDisruptionBudget") => workloads::pod_disruption_budget,
        ("", "Service") => network::service,
        ("", "Endpoints") => network::endpoints,
        ("discovery.k8s.io", "EndpointSlice") => network::endpoint_slice,
        ("networking.k8s.io", "Ingress") => network::ingress,
        ("networking.k8s.io", "IngressClass") => network::ingress_class,
        ("networking.k8s.io", "NetworkPolicy") => network::network_policy,
        ("", "PersistentVolume") => storage::volume,
        ("", "PersistentVolumeClaim") => storage::claim,
        ("storage.k8s.io", "StorageClass") => storage::class,
        ("", "ConfigMap") => storage::config_map,
        ("", "Secret") => storage::secret,
        ("", "Namespace") => cluster::namespace,
        ("", "Node") => cluster::node,
        ("", "ServiceAccount") => cluster::service_account,
        ("" | "events.k8s.io", "Event") => cluster::event,
        ("coordination.k8s.io", "Lease") => cluster::lease,
        ("scheduling.k8s.io", "PriorityClass") => cluster::priority_class,
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => cluster::binding,
        (
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
        ) => cluster::webhooks,
        _ => return None,
    })
}

/// A text, empty where there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text that is there, or what stands for none.
fn text_or<'a>(value: &'a Value, none: &'a str) -> &'a str {
    match text(value) {
        "" => none,
        text => text,
    }
}

/// A text, or what stands for an empty one.
pub(super) fn or(text: String, none: &str) -> String {
    if text.is_empty() {
        none.to_owned()
    } else {
        text
    }
}

/// A number, 0 where there is none.
fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// How many a list or a map has.
fn count(value: &Value) -> usize {
    items(value).len() + value.as_object().map_or(0, serde_json::Map::len)
}

fn name(object: &Value) -> Value {
    text(&object["metadata"]["name"]).into()
}

fn age(object: &Value, now: Timestamp) -> Value {
    age::since(&object["metadata"]["creationTimestamp"], now).into()
}

/// Whether it is being deleted.
fn is_deleted(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

/// Whether a condition of a type has a status.
fn has_condition(object: &Value, kind: &str, status: &str) -> bool {
    items(&object["status"]["conditions"])
        .iter()
        .find(|condition| condition["type"] == kind)
        .is_some_and(|condition| condition["status"] == status)
}

/// Names and images of containers.
fn containers(list: &Value) -> [Value; 2] {
    ["name", "image"].map(|field| joined(items(list).iter().map(|item| text(&item[field]))).into())
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(",")
}

/// Up to three, and how many more.
fn first_three(texts: &[String]) -> String {
    match texts.len().checked_sub(3) {
        Some(more @ 1..) => format!("{} + {more} more...", texts[..3].join(",")),
        _ => texts.join(","),
    }
}
