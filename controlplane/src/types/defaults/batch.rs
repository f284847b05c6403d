//! `batch/v1`.

use serde_json::{Map, Value};

use super::{Fields, Rule, default, fill, object, unset};

pub(super) fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "batch.v1.Job" => job,
        "batch.v1.CronJob" => |it| cron_job(object(it, "spec")),
        "batch.v1.PodFailurePolicyOnPodConditionsPattern" => |it| fill(it, "status", "True"),
        _ => return None,
    })
}

fn job(job: &mut Fields) {
    let spec = object(job, "spec");
    if unset(spec, "completions") && unset(spec, "parallelism") {
        default(spec, "completions", 1);
    }
    default(spec, "parallelism", 1);
    let limit = if unset(spec, "backoffLimitPerIndex") {
        6
    } else {
        i32::MAX
    };
    default(spec, "backoffLimit", limit);
    default(spec, "completionMode", "NonIndexed");
    default(spec, "suspend", false);
    let replaced = if unset(spec, "podFailurePolicy") {
        "TerminatingOrFailed"
    } else {
        "Failed"
    };
    default(spec, "podReplacementPolicy", replaced);
    default(spec, "manualSelector", false);
    let labels = object(object(spec, "template"), "metadata")
        .get("labels")
        .cloned();
    let metadata = object(job, "metadata");
    let has_none = metadata
        .get("labels")
        .and_then(Value::as_object)
        .is_none_or(Map::is_empty);
    if let Some(labels) = labels.filter(|labels| has_none && !labels.is_null()) {
        metadata.insert("labels".into(), labels);
    }
}

fn cron_job(spec: &mut Fields) {
    default(spec, "concurrencyPolicy", "Allow");
    default(spec, "suspend", false);
    default(spec, "successfulJobsHistoryLimit", 3);
    default(spec, "failedJobsHistoryLimit", 1);
}
