//! HorizontalPodAutoscalers, as `pkg/registry/autoscaling/horizontalpodautoscaler` in Kubernetes has them.

use serde_json::Value;

use super::{
    super::{
        builtin::{Builtin, PLAIN},
        names,
        object::Object,
        resource::Part,
    },
    metrics, rules,
};
use crate::{FieldError, go, types::Quantity};

pub(super) const KIND: Builtin = Builtin {
    plural: "horizontalpodautoscalers",
    group: "autoscaling",
    status: true,
    validate: |new| spec(&new.value()["spec"], None),
    validate_update,
    ..PLAIN
};

const LONGEST_PERIOD: i64 = 1800;
const LONGEST_WINDOW: i64 = 3600;

/// What the `apiVersion` of a reference may be.
#[derive(Clone, Copy)]
pub(super) enum Versions {
    /// One of a group that has a name.
    Named,
    /// One of any group.
    Any,
    /// It was not asked before, and stays as it is.
    Unchecked,
}

fn validate_update(new: &Object, old: &Object, part: Part) -> Vec<FieldError> {
    if part == Part::Status {
        let counts = ["currentReplicas", "desiredReplicas"];
        return rules::all_nonnegative(&new.value()["status"], "status", &counts);
    }
    spec(&new.value()["spec"], Some(&old.value()["spec"]))
}

fn spec(spec: &Value, old: Option<&Value>) -> Vec<FieldError> {
    let (least, most) = (spec["minReplicas"].as_i64(), spec["maxReplicas"].as_i64());
    let most = most.unwrap_or_default();
    let had_none = old.is_some_and(|old| old["minReplicas"] == 0);
    let lowest = i64::from(!had_none);
    let mut errors = Vec::new();
    if let Some(least) = least.filter(|least| *least < lowest) {
        let why = format!("must be greater than or equal to {lowest}");
        errors.push(FieldError::invalid("spec.minReplicas", least, why));
    }
    if most < 1 {
        errors.push(FieldError::invalid(
            "spec.maxReplicas",
            most,
            "must be greater than 0",
        ));
    }
    if least.is_some_and(|least| most < least) {
        let why = "must be greater than or equal to `minReplicas`";
        errors.push(FieldError::invalid("spec.maxReplicas", most, why));
    }
    let versions = of_target(spec, old);
    errors.extend(reference(
        &spec["scaleTargetRef"],
        "spec.scaleTargetRef",
        versions,
    ));
    errors.extend(metrics::validate(spec, old));
    for direction in ["scaleUp", "scaleDown"] {
        let rules = &spec["behavior"][direction];
        if !rules.is_null() {
            errors.extend(scaling(rules, &format!("spec.behavior.{direction}")));
        }
    }
    errors
}

fn of_target(spec: &Value, old: Option<&Value>) -> Versions {
    let target = &spec["scaleTargetRef"];
    let is_same = |old: &Value| {
        let old = &old["scaleTargetRef"];
        old["apiVersion"] == target["apiVersion"] && old["kind"] == target["kind"]
    };
    if old.is_some_and(is_same) {
        Versions::Unchecked
    } else if target["kind"] == "ReplicationController" {
        Versions::Any
    } else {
        Versions::Named
    }
}

/// What is wrong with a reference to an object, in whatever version.
pub(super) fn reference(reference: &Value, path: &str, versions: Versions) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for field in ["kind", "name"] {
        errors.extend(segment(&reference[field], &format!("{path}.{field}"), ""));
    }
    let version = reference["apiVersion"].as_str().unwrap_or_default();
    if let Err(why) = check_version(version, versions) {
        errors.push(FieldError::invalid(
            format!("{path}.apiVersion"),
            version,
            why,
        ));
    }
    errors
}

/// What is wrong with a name that becomes part of a path.
pub(super) fn segment(name: &Value, path: &str, missing: &str) -> Vec<FieldError> {
    let name = name.as_str().unwrap_or_default();
    if name.is_empty() {
        return vec![FieldError::required(path, missing)];
    }
    let complaints = names::path_segment(name).into_iter();
    complaints
        .map(|why| FieldError::invalid(path, name, why))
        .collect()
}

/// Whether an `apiVersion` is one; why it is not, in Kubernetes' words.
pub(super) fn check_version(version: &str, versions: Versions) -> Result<(), String> {
    let slashes = version.matches('/').count();
    match versions {
        Versions::Unchecked => Ok(()),
        _ if slashes > 1 => Err(format!("unexpected GroupVersion string: {version}")),
        Versions::Named if slashes == 0 || version.starts_with('/') => {
            Err("apiVersion must specify API group".into())
        }
        Versions::Named | Versions::Any => Ok(()),
    }
}

fn scaling(scaling: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(window) = scaling["stabilizationWindowSeconds"].as_i64() {
        let path = format!("{path}.stabilizationWindowSeconds");
        if window < 0 {
            let why = "must be greater than or equal to zero";
            errors.push(FieldError::invalid(path, window, why));
        } else if window > LONGEST_WINDOW {
            let why = format!("must be less than or equal to {LONGEST_WINDOW}");
            errors.push(FieldError::invalid(path, window, why));
        }
    }
    let policy = &scaling["selectPolicy"];
    if !policy.is_null() {
        let words = ["Disabled", "Max", "Min"];
        errors.extend(rules::one_of(
            format!("{path}.selectPolicy"),
            policy,
            &words,
        ));
    }
    let policies = scaling["policies"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if policies.is_empty() {
        let why = "must specify at least one Policy";
        errors.push(FieldError::required(format!("{path}.policies"), why));
    }
    for (index, policy) in policies.iter().enumerate() {
        errors.extend(scaling_policy(policy, &format!("{path}.policies[{index}]")));
    }
    let tolerance = scaling["tolerance"].as_str();
    if let Some(tolerance) = tolerance.filter(|text| is_below_zero(text)) {
        let why = "must be greater than or equal to 0";
        errors.push(FieldError::invalid(
            format!("{path}.tolerance"),
            tolerance,
            why,
        ));
    }
    errors
}

fn scaling_policy(policy: &Value, path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(rules::one_of(
        format!("{path}.type"),
        &policy["type"],
        &["Percent", "Pods"],
    ));
    for field in ["value", "periodSeconds"] {
        let number = policy[field].as_i64().unwrap_or_default();
        let path = format!("{path}.{field}");
        if number <= 0 {
            errors.push(FieldError::invalid(
                path,
                number,
                "must be greater than zero",
            ));
        } else if field == "periodSeconds" && number > LONGEST_PERIOD {
            let why = format!("must be less than or equal to {LONGEST_PERIOD}");
            errors.push(FieldError::invalid(path, number, why));
        }
    }
    errors
}

fn is_below_zero(amount: &str) -> bool {
    Quantity::parse(amount).is_ok_and(|amount| amount.is_negative())
}

/// That an amount is more than nothing.
pub(super) fn positive(amount: &Value, path: &str) -> Option<FieldError> {
    let text = amount.as_str()?;
    let is_positive =
        Quantity::parse(text).is_ok_and(|amount| !amount.is_negative() && !amount.is_zero());
    let error = || FieldError::invalid(path, "", "must be positive").showing(go::json(amount));
    (!is_positive).then(error)
}
