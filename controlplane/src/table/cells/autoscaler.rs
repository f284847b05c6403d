//! HorizontalPodAutoscalers.

use jiff::Timestamp;
use serde_json::Value;

use super::{age, items, name, number, text};

/// How many metrics are told.
const TOLD: usize = 2;
const UNKNOWN: &str = "<unknown>";

pub(super) fn horizontal_pod_autoscaler(object: &Value, now: Timestamp) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let target = &spec["scaleTargetRef"];
    let least = match &spec["minReplicas"] {
        Value::Null => "<unset>".to_owned(),
        least => least.to_string(),
    };
    vec![
        name(object),
        format!("{}/{}", text(&target["kind"]), text(&target["name"])).into(),
        metrics(&spec["metrics"], &status["currentMetrics"]).into(),
        least.into(),
        number(&spec["maxReplicas"]).into(),
        number(&status["currentReplicas"]).into(),
        age(object, now),
    ]
}

fn metrics(specs: &Value, statuses: &Value) -> String {
    let told: Vec<String> = items(specs)
        .iter()
        .enumerate()
        .map(|(index, spec)| metric(spec, &statuses[index]))
        .collect();
    match told.len() {
        0 => "<none>".into(),
        all if all > TOLD => format!("{} + {} more...", told[..TOLD].join(", "), all - TOLD),
        _ => told.join(", "),
    }
}

/// What there is now, and what there should be.
fn metric(spec: &Value, status: &Value) -> String {
    match text(&spec["type"]) {
        "External" => value(&spec["external"], &status["external"]),
        "Object" => value(&spec["object"], &status["object"]),
        "Pods" => {
            let wanted = quantity(&spec["pods"]["target"]["averageValue"]);
            let current = told(&status["pods"], "averageValue");
            format!("{current}/{wanted}")
        }
        "Resource" => resource(&spec["resource"], &status["resource"]),
        "ContainerResource" => resource(&spec["containerResource"], &status["containerResource"]),
        _ => "<unknown type>".into(),
    }
}

fn value(spec: &Value, status: &Value) -> String {
    let target = &spec["target"];
    if target["averageValue"].is_null() {
        return format!("{}/{}", told(status, "value"), quantity(&target["value"]));
    }
    let current = match &status["current"]["averageValue"] {
        Value::Null => UNKNOWN.into(),
        current => quantity(current),
    };
    format!("{current}/{} (avg)", quantity(&target["averageValue"]))
}

fn resource(spec: &Value, status: &Value) -> String {
    let (name, target) = (text(&spec["name"]), &spec["target"]);
    if !target["averageValue"].is_null() {
        let current = told(status, "averageValue");
        return format!("{name}: {current}/{}", quantity(&target["averageValue"]));
    }
    let percent = |value: &Value, none: &str| match value {
        Value::Null => none.to_owned(),
        value => format!("{value}%"),
    };
    let current = percent(&status["current"]["averageUtilization"], UNKNOWN);
    let wanted = percent(&target["averageUtilization"], "<auto>");
    format!("{name}: {current}/{wanted}")
}

/// What the status of a metric tells; unknown where there is none.
fn told(status: &Value, field: &str) -> String {
    if status.is_null() {
        UNKNOWN.into()
    } else {
        quantity(&status["current"][field])
    }
}

/// As Go writes a pointer to one.
fn quantity(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".into(),
        other => other.to_string(),
    }
}
