//! What a Deployment asks for, in numbers: `deployment_util.go` of Kubernetes.

use serde_json::Value;

use crate::core::object::Object;

pub(super) fn is_paused(deployment: &Object) -> bool {
    deployment.value()["spec"]["paused"] == true
}

pub(super) fn is_rolling(deployment: &Object) -> bool {
    deployment.text("/spec/strategy/type") == "RollingUpdate"
}

/// How many Pods are wanted: of a Deployment, or of a ReplicaSet.
pub(super) fn replicas(object: &Object) -> i64 {
    object.number("/spec/replicas")
}

/// How many Pods there may be above what is wanted.
pub(super) fn max_surge(deployment: &Object) -> i64 {
    fenceposts(deployment).0
}

/// How many of the wanted Pods may be missing.
pub(super) fn max_unavailable(deployment: &Object) -> i64 {
    fenceposts(deployment).1.min(replicas(deployment))
}

/// Surge and missing Pods; one of both is not 0, or nothing would ever go on.
fn fenceposts(deployment: &Object) -> (i64, i64) {
    if !is_rolling(deployment) {
        return (0, 0);
    }
    let rolling = &deployment.value()["spec"]["strategy"]["rollingUpdate"];
    let wanted = replicas(deployment);
    let surge = scaled(&rolling["maxSurge"], wanted, true);
    let unavailable = scaled(&rolling["maxUnavailable"], wanted, false);
    match (surge, unavailable) {
        (0, 0) => (0, 1),
        both => both,
    }
}

/// A number, or a percentage of a total (`GetScaledValueFromIntOrPercent` of apimachinery).
pub(in super::super) fn scaled(value: &Value, total: i64, round_up: bool) -> i64 {
    let Some(percent) = value.as_str().and_then(|text| text.strip_suffix('%')) else {
        return value.as_i64().unwrap_or_default();
    };
    let parts = percent.parse::<i64>().unwrap_or_default() * total;
    parts / 100 + i64::from(round_up && parts % 100 > 0)
}

/// The seconds after which a rollout that gets nowhere is told so.
pub(super) fn progress_deadline(deployment: &Object) -> Option<i64> {
    limit(deployment, "progressDeadlineSeconds")
}

pub(super) fn history_limit(deployment: &Object) -> Option<i64> {
    limit(deployment, "revisionHistoryLimit")
}

/// The greatest number stands for none.
fn limit(deployment: &Object, field: &str) -> Option<i64> {
    let limit = deployment.value()["spec"][field].as_i64();
    limit.filter(|limit| *limit != i64::from(i32::MAX))
}
