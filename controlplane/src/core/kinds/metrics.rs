//! What a HorizontalPodAutoscaler goes by.

use serde_json::Value;

use super::{
    super::{field::Field, names},
    horizontal_pod_autoscaler::{Versions, check_version, positive, reference, segment},
    pod_spec, rules,
};
use crate::FieldError;

/// The sources, by their types; the fields in the order in which they are looked at.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];
const TYPES: [&str; 5] = [
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];

pub(super) fn validate(spec: &Value, old: Option<&Value>) -> Vec<FieldError> {
    let metrics = list(&spec["metrics"]);
    let versions = of_objects(old);
    let mut errors = Vec::new();
    for (index, metric) in metrics.iter().enumerate() {
        errors.extend(self::metric(
            metric,
            &format!("spec.metrics[{index}]"),
            versions,
        ));
    }
    let mut kinds = metrics.iter().map(|metric| &metric["type"]);
    let is_outside = kinds.any(|kind| kind == "Object" || kind == "External");
    if spec["minReplicas"] == 0 && !is_outside {
        errors.push(FieldError::forbidden(
            "spec.metrics",
            "must specify at least one Object or External metric to support scaling to zero replicas",
        ));
    }
    errors
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Where there are invalid versions already, more may come.
fn of_objects(old: Option<&Value>) -> Versions {
    let metrics = old.map_or(&[][..], |old| list(&old["metrics"]));
    let is_invalid = |metric: &Value| {
        let version = metric["object"]["describedObject"]["apiVersion"].as_str();
        check_version(version.unwrap_or_default(), Versions::Any).is_err()
    };
    if metrics.iter().any(is_invalid) {
        Versions::Unchecked
    } else {
        Versions::Any
    }
}

fn metric(metric: &Value, path: &str, versions: Versions) -> Vec<FieldError> {
    let kind = &metric["type"];
    let of_kind = format!("{path}.type");
    let mut errors = Vec::new();
    if kind == "" || kind.is_null() {
        let why = "must specify a metric source type";
        errors.push(FieldError::required(&of_kind, why));
    }
    let wrong = rules::one_of(of_kind, kind, &TYPES);
    errors.extend(wrong.clone());
    let mut present = SOURCES
        .iter()
        .filter(|(_, field)| !metric[*field].is_null());
    if let Some((_, field)) = present.clone().next() {
        errors.extend(source(
            &metric[*field],
            field,
            &format!("{path}.{field}"),
            versions,
        ));
    }
    let expected = SOURCES.iter().find(|(name, _)| kind == name);
    match expected {
        None => errors.extend(wrong),
        Some((_, field)) if metric[*field].is_null() => {
            let why = "must populate information for the given metric source";
            errors.push(FieldError::required(format!("{path}.{field}"), why));
        }
        Some(_) => {}
    }
    if present.clone().count() != 1 {
        let others = present.by_ref().filter(|one| Some(*one) != expected);
        errors.extend(others.map(|(_, field)| {
            let why = "must populate the given metric source only";
            FieldError::forbidden(format!("{path}.{field}"), why)
        }));
    }
    errors
}

fn source(source: &Value, field: &str, path: &str, versions: Versions) -> Vec<FieldError> {
    let mut errors = Vec::new();
    match field {
        "resource" => errors.extend(resource_name(source, path)),
        "containerResource" => {
            errors.extend(resource_name(source, path));
            errors.extend(container(source, path));
        }
        _ => {
            if field == "object" {
                let path = format!("{path}.describedObject");
                errors.extend(reference(&source["describedObject"], &path, versions));
            }
            let why = "must specify a metric name";
            let path = format!("{path}.metric.name");
            errors.extend(segment(&source["metric"]["name"], &path, why));
        }
    }
    errors.extend(target(&source["target"], &format!("{path}.target")));
    errors.extend(amounts(&source["target"], field, &format!("{path}.target")));
    errors
}

fn resource_name(source: &Value, path: &str) -> Option<FieldError> {
    let is_missing = source["name"].as_str().unwrap_or_default().is_empty();
    let error = || FieldError::required(format!("{path}.name"), "must specify a resource name");
    is_missing.then(error)
}

fn container(source: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let name = Field::new(format!("{path}.name"), &source["name"]);
    if !name.is_empty() {
        errors.extend(pod_spec::name_of_container_resource(&name, name.text()));
    }
    let path = format!("{path}.container");
    match source["container"].as_str().unwrap_or_default() {
        "" => errors.push(FieldError::required(path, "must specify a container")),
        name => {
            let complaints = names::dns_label(name).into_iter();
            errors.extend(complaints.map(|why| FieldError::invalid(&path, name, why)));
        }
    }
    errors
}

fn target(target: &Value, path: &str) -> Vec<FieldError> {
    let kind = &target["type"];
    let of_kind = format!("{path}.type");
    let mut errors = Vec::new();
    if kind == "" || kind.is_null() {
        let why = "must specify a metric target type";
        errors.push(FieldError::required(&of_kind, why));
    }
    if kind != "Utilization" && kind != "Value" && kind != "AverageValue" {
        let why = "must be either Utilization, Value, or AverageValue";
        errors.push(rules::invalid_word(of_kind, kind, why));
    }
    for field in ["value", "averageValue"] {
        errors.extend(positive(&target[field], &format!("{path}.{field}")));
    }
    if let Some(percent) = target["averageUtilization"].as_i64().filter(|it| *it < 1) {
        let path = format!("{path}.averageUtilization");
        errors.push(FieldError::invalid(path, percent, "must be greater than 0"));
    }
    errors
}

/// Which of a target's amounts a source needs, and which it may not have beside that.
fn amounts(target: &Value, field: &str, path: &str) -> Option<FieldError> {
    let has = |field: &str| !target[field].is_null();
    let required = |field: &str, why| FieldError::required(format!("{path}.{field}"), why);
    let forbidden = |field: &str, why| FieldError::forbidden(format!("{path}.{field}"), why);
    match field {
        "object" if !has("value") && !has("averageValue") => Some(required(
            "averageValue",
            "must set either a target value or averageValue",
        )),
        "external" if !has("value") && !has("averageValue") => Some(required(
            "averageValue",
            "must set either a target value for metric or a per-pod target",
        )),
        "external" if has("value") && has("averageValue") => Some(forbidden(
            "value",
            "may not set both a target value for metric and a per-pod target",
        )),
        "pods" if !has("averageValue") => Some(required(
            "averageValue",
            "must specify a positive target averageValue",
        )),
        "object" | "external" | "pods" => None,
        _ if !has("averageUtilization") && !has("averageValue") => Some(required(
            "averageUtilization",
            "must set either a target raw value or a target utilization",
        )),
        _ if has("averageUtilization") && has("averageValue") => Some(forbidden(
            "averageValue",
            "may not set both a target raw value and a target utilization",
        )),
        _ => None,
    }
}
