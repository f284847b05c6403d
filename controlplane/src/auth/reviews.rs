//! Answers about who asks and what they may: the reviews.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{rbac::Rbac, rule::Rule, token_request::rfc3339, user::User};
use crate::{Refusal, refusal::aggregate};

/// `authentication.k8s.io/v1` SelfSubjectReview: who asks (`kubectl auth whoami`), whatever was sent.
pub fn self_subject_review(user: &User, now: Timestamp) -> Value {
    json!({
        "kind": "SelfSubjectReview",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"creationTimestamp": rfc3339(now)},
        "status": {"userInfo": user_info(user)},
    })
}

/// `authorization.k8s.io/v1` SelfSubjectRulesReview: all that who asks may do in a namespace (`kubectl auth can-i
/// --list`). `object` is what was sent.
///
/// Kubernetes' `pkg/registry/authorization/selfsubjectrulesreview`.
pub fn self_subject_rules_review(
    object: &Value,
    user: &User,
    rbac: &Rbac,
) -> Result<Value, Refusal> {
    let namespace = object["spec"]["namespace"].as_str().unwrap_or_default();
    if namespace.is_empty() {
        return Err(Refusal::bad_request("no namespace on request"));
    }
    let (rules, missing) = rbac.rules(user, namespace);
    let resources = rules.iter().filter(|rule| !rule.resources.is_empty());
    let paths = rules
        .iter()
        .filter(|rule| !rule.non_resource_urls.is_empty());
    let mut status = json!({
        "resourceRules": resources.map(|rule| resource_rule(rule)).collect::<Vec<_>>(),
        "nonResourceRules": paths
            .map(|rule| json!({"verbs": rule.verbs, "nonResourceURLs": rule.non_resource_urls}))
            .collect::<Vec<_>>(),
        "incomplete": false,
    });
    if !missing.is_empty() {
        status["evaluationError"] = aggregate(missing.iter().map(ToString::to_string)).into();
    }
    Ok(json!({
        "kind": "SelfSubjectRulesReview",
        "apiVersion": "authorization.k8s.io/v1",
        "metadata": {},
        "spec": {},
        "status": status,
    }))
}

fn resource_rule(rule: &Rule) -> Value {
    let mut told = json!({"verbs": rule.verbs, "resources": rule.resources});
    let others = [
        ("apiGroups", &rule.api_groups),
        ("resourceNames", &rule.resource_names),
    ];
    for (field, texts) in others {
        if !texts.is_empty() {
            told[field] = json!(texts);
        }
    }
    told
}

/// `UserInfo` of `authentication.k8s.io/v1`, without what is empty.
pub(super) fn user_info(user: &User) -> Value {
    let mut info = json!({ "username": user.name });
    if !user.uid.is_empty() {
        info["uid"] = user.uid.as_str().into();
    }
    if !user.groups.is_empty() {
        info["groups"] = json!(user.groups);
    }
    if !user.extra.is_empty() {
        info["extra"] = json!(user.extra);
    }
    info
}
