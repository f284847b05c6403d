//! What a Job's policies for failure, success and replacement of its Pods may say.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{super::names, index_ranges, rules};
use crate::{FieldError, go};

const MOST_RULES: usize = 20;
const MOST_PATTERNS: usize = 20;
const MOST_EXIT_CODES: usize = 255;
const LONGEST_INDEXES: usize = 64 * 1024;

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// What is wrong with the policy for Pods that failed.
pub(super) fn failure(spec: &Value, path: &str) -> Vec<FieldError> {
    let rules = list(&spec["podFailurePolicy"]["rules"]);
    let path = format!("{path}.podFailurePolicy.rules");
    let mut errors = Vec::new();
    if rules.len() > MOST_RULES {
        errors.push(FieldError::too_many(&path, rules.len(), MOST_RULES));
    }
    for (index, rule) in rules.iter().enumerate() {
        errors.extend(failure_rule(spec, rule, &format!("{path}[{index}]")));
    }
    errors
}

fn failure_rule(spec: &Value, rule: &Value, path: &str) -> Vec<FieldError> {
    const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
    let (codes, conditions) = (&rule["onExitCodes"], list(&rule["onPodConditions"]));
    let action = format!("{path}.action");
    let mut errors = Vec::new();
    if rule["action"] == "FailIndex" {
        if spec["backoffLimitPerIndex"].is_null() {
            let why = "requires the backoffLimitPerIndex to be set";
            errors.push(rules::invalid_word(action, &rule["action"], why));
        }
    } else {
        errors.extend(needed_one_of(action, &rule["action"], &ACTIONS));
    }
    if !codes.is_null() {
        errors.extend(exit_codes(spec, codes, &format!("{path}.onExitCodes")));
    }
    errors.extend(pod_conditions(
        conditions,
        &format!("{path}.onPodConditions"),
    ));
    match (codes.is_null(), conditions.is_empty()) {
        (false, false) => {
            let why = "specifying both OnExitCodes and OnPodConditions is not supported";
            errors.push(FieldError::invalid(path, "", why).omitting_value());
        }
        (true, true) => {
            let why = "specifying one of OnExitCodes and OnPodConditions is required";
            errors.push(FieldError::invalid(path, "", why).omitting_value());
        }
        _ => {}
    }
    errors
}

fn needed_one_of(path: String, word: &Value, words: &[&str]) -> Option<FieldError> {
    if word == "" || word.is_null() {
        let quoted: Vec<_> = words.iter().map(|one| go::quoted(one)).collect();
        let why = format!("valid values: [{}]", quoted.join(" "));
        return Some(FieldError::required(path, why));
    }
    rules::one_of(path, word, words)
}

fn pod_conditions(patterns: &[Value], path: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if patterns.len() > MOST_PATTERNS {
        errors.push(FieldError::too_many(path, patterns.len(), MOST_PATTERNS));
    }
    for (index, pattern) in patterns.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let kind = pattern["type"].as_str().unwrap_or_default();
        let complaints = names::qualified(kind).into_iter();
        errors.extend(complaints.map(|why| FieldError::invalid(format!("{path}.type"), kind, why)));
        let words = ["False", "True", "Unknown"];
        let status = format!("{path}.status");
        errors.extend(needed_one_of(status, &pattern["status"], &words));
    }
    errors
}

fn exit_codes(spec: &Value, codes: &Value, path: &str) -> Vec<FieldError> {
    let operator = &codes["operator"];
    let mut errors = Vec::new();
    errors.extend(needed_one_of(
        format!("{path}.operator"),
        operator,
        &["In", "NotIn"],
    ));
    let pod = &spec["template"]["spec"];
    let containers = list(&pod["containers"]).iter();
    let mut containers = containers.chain(list(&pod["initContainers"]));
    let name = &codes["containerName"];
    if !name.is_null() && !containers.any(|container| container["name"] == *name) {
        let why = "must be one of the container or initContainer names in the pod template";
        let path = format!("{path}.containerName");
        errors.push(FieldError::invalid(path, name.clone(), why));
    }
    let path = format!("{path}.values");
    let values = list(&codes["values"]);
    let list = json!(values);
    let shown = |why| FieldError::invalid(&path, "", why).showing(go::json(&list));
    if values.is_empty() {
        errors.push(shown("at least one value is required"));
    } else if values.len() > MOST_EXIT_CODES {
        errors.push(FieldError::too_many(&path, values.len(), MOST_EXIT_CODES));
    }
    let numbers = values.iter().filter_map(Value::as_i64);
    let numbers: Vec<i64> = numbers.collect();
    let mut seen = BTreeSet::new();
    for (index, number) in numbers.iter().copied().enumerate() {
        let path = format!("{path}[{index}]");
        if operator == "In" && number == 0 {
            let why = "must not be 0 for the In operator";
            errors.push(FieldError::invalid(&path, number, why));
        }
        if !seen.insert(number) {
            errors.push(FieldError::duplicate(&path, number));
        }
    }
    if !numbers.is_sorted() {
        errors.push(shown("must be ordered"));
    }
    errors
}

/// What is wrong with the policy that says when an Indexed Job has succeeded.
pub(super) fn success(spec: &Value, path: &str) -> Vec<FieldError> {
    let rules = list(&spec["successPolicy"]["rules"]);
    let path = format!("{path}.successPolicy.rules");
    let mut errors = Vec::new();
    if rules.is_empty() {
        let why = "at least one rules must be specified when the successPolicy is specified";
        errors.push(FieldError::required(&path, why));
    }
    if rules.len() > MOST_RULES {
        errors.push(FieldError::too_many(&path, rules.len(), MOST_RULES));
    }
    let completions = spec["completions"].as_i64().unwrap_or_default();
    for (index, rule) in rules.iter().enumerate() {
        errors.extend(success_rule(rule, completions, &format!("{path}[{index}]")));
    }
    errors
}

fn success_rule(rule: &Value, completions: i64, path: &str) -> Vec<FieldError> {
    let indexes = rule["succeededIndexes"].as_str();
    let count = rule["succeededCount"].as_i64();
    let mut errors = Vec::new();
    if indexes.is_none() && count.is_none() {
        let why = "at least one of succeededCount or succeededIndexes must be specified";
        errors.push(FieldError::required(path, why));
    }
    let mut total = 0;
    if let Some(indexes) = indexes {
        let path = format!("{path}.succeededIndexes");
        if indexes.len() > LONGEST_INDEXES {
            errors.push(FieldError::too_long(&path, LONGEST_INDEXES));
        }
        match index_ranges::count(indexes, completions) {
            Ok(count) => total = count,
            Err(why) => errors.push(FieldError::invalid(
                &path,
                indexes,
                format!("error parsing succeededIndexes: {why}"),
            )),
        }
    }
    if let Some(count) = count {
        let path = format!("{path}.succeededCount");
        errors.extend(rules::nonnegative(&count.into(), &path));
        if count > completions {
            let why = format!(
                "must be less than or equal to {completions} (the number of specified completions)"
            );
            errors.push(FieldError::invalid(&path, count, why));
        }
        if indexes.is_some() && count > total {
            let why = format!(
                "must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)"
            );
            errors.push(FieldError::invalid(&path, count, why));
        }
    }
    errors
}

/// What is wrong with the policy that says when Pods are replaced.
pub(super) fn replacement(spec: &Value, path: &str) -> Option<FieldError> {
    let policy = &spec["podReplacementPolicy"];
    if policy.is_null() {
        return None;
    }
    let words: &[&str] = if spec["podFailurePolicy"].is_null() {
        &["Failed", "TerminatingOrFailed"]
    } else {
        &["Failed"]
    };
    rules::one_of(format!("{path}.podReplacementPolicy"), policy, words)
}
