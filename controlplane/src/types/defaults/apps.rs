//! `apps/v1`.

use serde_json::json;

use super::{Fields, Rule, default, items, object, text, unset};

pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "apps.v1.Deployment" => |it| deployment(object(it, "spec")),
        "apps.v1.ReplicaSet" => |it| default(object(it, "spec"), "replicas", 1),
        "apps.v1.StatefulSet" => |it| stateful_set(object(it, "spec")),
        "apps.v1.DaemonSet" => |it| daemon_set(object(it, "spec")),
        _ => return None,
    })
}

/// What storing changes, after the defaults.
pub(super) fn stored(name: &str) -> Option<Rule> {
    (name == "apps.v1.StatefulSetSpec").then_some(|it| {
        for claim in items(it, "volumeClaimTemplates") {
            default(claim, "kind", "PersistentVolumeClaim");
            default(claim, "apiVersion", "v1");
        }
    })
}

fn deployment(spec: &mut Fields) {
    default(spec, "replicas", 1);
    let strategy = object(spec, "strategy");
    default(strategy, "type", "RollingUpdate");
    if text(strategy, "type") == "RollingUpdate" {
        let rolling = object(strategy, "rollingUpdate");
        default(rolling, "maxUnavailable", "25%");
        default(rolling, "maxSurge", "25%");
    }
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "progressDeadlineSeconds", 600);
}

fn stateful_set(spec: &mut Fields) {
    default(spec, "podManagementPolicy", "OrderedReady");
    let strategy = object(spec, "updateStrategy");
    if unset(strategy, "type") {
        default(strategy, "type", "RollingUpdate");
        default(strategy, "rollingUpdate", json!({}));
    }
    if text(strategy, "type") == "RollingUpdate" && !unset(strategy, "rollingUpdate") {
        let rolling = object(strategy, "rollingUpdate");
        default(rolling, "partition", 0);
    }
    let retention = object(spec, "persistentVolumeClaimRetentionPolicy");
    default(retention, "whenDeleted", "Retain");
    default(retention, "whenScaled", "Retain");
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
}

fn daemon_set(spec: &mut Fields) {
    let strategy = object(spec, "updateStrategy");
    default(strategy, "type", "RollingUpdate");
    if text(strategy, "type") == "RollingUpdate" {
        let rolling = object(strategy, "rollingUpdate");
        default(rolling, "maxUnavailable", 1);
        default(rolling, "maxSurge", 0);
    }
    default(spec, "revisionHistoryLimit", 10);
}
