//! What a cluster is run by.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::{age, count, has_condition, items, name, number, or, text, text_or};
use crate::table::age::since;

pub(super) fn namespace(object: &Value, now: Timestamp) -> Vec<Value> {
    let phase = text(&object["status"]["phase"]);
    vec![name(object), phase.into(), age(object, now)]
}

pub(super) fn service_account(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![name(object), age(object, now)]
}

pub(super) fn lease(object: &Value, now: Timestamp) -> Vec<Value> {
    let holder = text(&object["spec"]["holderIdentity"]);
    vec![name(object), holder.into(), age(object, now)]
}

pub(super) fn webhooks(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        count(&object["webhooks"]).into(),
        age(object, now),
    ]
}

pub(super) fn priority_class(object: &Value, now: Timestamp) -> Vec<Value> {
    vec![
        name(object),
        number(&object["value"]).into(),
        object["globalDefault"].as_bool().unwrap_or_default().into(),
        age(object, now),
        text(&object["preemptionPolicy"]).into(),
    ]
}

pub(super) fn binding(object: &Value, now: Timestamp) -> Vec<Value> {
    let role = &object["roleRef"];
    let subjects = |kind: &str| -> Value {
        let named = items(&object["subjects"])
            .iter()
            .filter(|subject| subject["kind"] == kind);
        let told: Vec<_> = named
            .map(|subject| match kind {
                "ServiceAccount" => {
                    format!("{}/{}", text(&subject["namespace"]), text(&subject["name"]))
                }
                _ => text(&subject["name"]).to_owned(),
            })
            .collect();
        told.join(", ").into()
    };
    vec![
        name(object),
        format!("{}/{}", text(&role["kind"]), text(&role["name"])).into(),
        age(object, now),
        subjects("User"),
        subjects("Group"),
        subjects("ServiceAccount"),
    ]
}

pub(super) fn node(object: &Value, now: Timestamp) -> Vec<Value> {
    let info = &object["status"]["nodeInfo"];
    let unknown = |field: &str| text_or(&info[field], "<unknown>").into();
    vec![
        name(object),
        node_status(object).into(),
        node_roles(object).into(),
        age(object, now),
        text(&info["kubeletVersion"]).into(),
        node_address(object, "InternalIP").into(),
        node_address(object, "ExternalIP").into(),
        unknown("osImage"),
        unknown("kernelVersion"),
        unknown("containerRuntimeVersion"),
    ]
}

fn node_status(object: &Value) -> String {
    let conditions = items(&object["status"]["conditions"]);
    let known = conditions
        .iter()
        .any(|condition| condition["type"] == "Ready");
    let ready = match (known, has_condition(object, "Ready", "True")) {
        (false, _) => "Unknown",
        (true, true) => "Ready",
        (true, false) => "NotReady",
    };
    if object["spec"]["unschedulable"] == true {
        format!("{ready},SchedulingDisabled")
    } else {
        ready.to_owned()
    }
}

fn node_roles(object: &Value) -> String {
    let labels = object["metadata"]["labels"]
        .as_object()
        .into_iter()
        .flatten();
    let roles: BTreeSet<_> = labels
        .filter_map(
            |(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) => Some(role),
                None => (key == "kubernetes.io/role").then(|| text(value)),
            },
        )
        .filter(|role| !role.is_empty())
        .collect();
    or(roles.into_iter().collect::<Vec<_>>().join(","), "<none>")
}

fn node_address<'a>(object: &'a Value, kind: &str) -> &'a str {
    let addresses = items(&object["status"]["addresses"]);
    let first = addresses.iter().find(|address| address["type"] == kind);
    first.map_or("<none>", |address| text(&address["address"]))
}

/// Events of either group: the newer one's fields have other names.
pub(super) fn event(object: &Value, now: Timestamp) -> Vec<Value> {
    let of = |old: &str, new: &str| match &object[old] {
        Value::Null => object[new].clone(),
        value => value.clone(),
    };
    let time = |time: &Value, otherwise: &dyn Fn() -> String| match time {
        Value::Null => otherwise(),
        time => since(time, now),
    };
    let first = time(&of("firstTimestamp", "deprecatedFirstTimestamp"), &|| {
        since(&object["eventTime"], now)
    });
    let mut last = time(&of("lastTimestamp", "deprecatedLastTimestamp"), &|| {
        first.clone()
    });
    let mut count = number(&of("count", "deprecatedCount"));
    let series = &object["series"];
    if series.is_object() {
        last = since(&series["lastObservedTime"], now);
        count = number(&series["count"]);
    } else if count == 0 {
        count = 1;
    }
    let involved = of("involvedObject", "regarding");
    let kind = text(&involved["kind"]).to_lowercase();
    let target = match text(&involved["name"]) {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    vec![
        last.into(),
        text(&object["type"]).into(),
        text(&object["reason"]).into(),
        target.into(),
        text(&involved["fieldPath"]).into(),
        event_source(object, &of("source", "deprecatedSource")).into(),
        text(&of("message", "note")).trim().into(),
        first.into(),
        count.into(),
        name(object),
    ]
}

fn event_source(object: &Value, source: &Value) -> String {
    let controller = match text(&object["reportingComponent"]) {
        "" => text(&object["reportingController"]),
        component => component,
    };
    let component = text_or(&source["component"], controller);
    match text_or(&source["host"], text(&object["reportingInstance"])) {
        "" => component.to_owned(),
        instance => format!("{component}, {instance}"),
    }
}
