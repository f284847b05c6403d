//! The table of resources: a line for each, a space before a subresource's.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::Value;

use crate::Result;

/// The kinds on offer, by group and version.
const KINDS: &[(&str, &str)] = &[
    (
        "v1",
        "bindings configmaps endpoints events namespaces nodes persistentvolumeclaims persistentvolumes pods secrets serviceaccounts services",
    ),
    (
        "admissionregistration.k8s.io/v1",
        "mutatingwebhookconfigurations validatingwebhookconfigurations",
    ),
    ("apiextensions.k8s.io/v1", "customresourcedefinitions"),
    (
        "apps/v1",
        "controllerrevisions daemonsets deployments replicasets statefulsets",
    ),
    (
        "authentication.k8s.io/v1",
        "selfsubjectreviews tokenreviews",
    ),
    (
        "authorization.k8s.io/v1",
        "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
    ),
    ("autoscaling/v2", "horizontalpodautoscalers"),
    ("batch/v1", "cronjobs jobs"),
    ("coordination.k8s.io/v1", "leases"),
    ("discovery.k8s.io/v1", "endpointslices"),
    ("events.k8s.io/v1", "events"),
    (
        "networking.k8s.io/v1",
        "ingressclasses ingresses networkpolicies",
    ),
    ("policy/v1", "poddisruptionbudgets"),
    (
        "rbac.authorization.k8s.io/v1",
        "clusterrolebindings clusterroles rolebindings roles",
    ),
    ("scheduling.k8s.io/v1", "priorityclasses"),
    ("storage.k8s.io/v1", "storageclasses"),
];

/// The table's text, from the lists of resources of each group and version, in the order of `/apis`.
pub(crate) fn written(lists: &BTreeMap<String, Value>) -> Result<String> {
    let mut text = String::new();
    for group_version in order(lists) {
        let Some((_, plurals)) = KINDS.iter().find(|(it, _)| *it == group_version) else {
            continue;
        };
        let list = lists
            .values()
            .find(|list| {
                list["groupVersion"] == group_version.as_str() && list["resources"].is_array()
            })
            .ok_or_else(|| format!("no list of {group_version}"))?;
        for resource in list["resources"].as_array().into_iter().flatten() {
            let name = resource["name"].as_str().unwrap_or_default();
            let plural = name.split('/').next().unwrap_or(name);
            if plurals.split(' ').any(|it| it == plural) {
                line(&mut text, &group_version, name, resource)?;
            }
        }
    }
    Ok(text)
}

fn order(lists: &BTreeMap<String, Value>) -> Vec<String> {
    let groups = lists.get("apis").and_then(|it| it["groups"].as_array());
    let versions = groups
        .into_iter()
        .flatten()
        .filter_map(|it| it["versions"].as_array())
        .flatten();
    let names = versions
        .filter_map(|it| it["groupVersion"].as_str())
        .map(str::to_owned);
    std::iter::once("v1".to_owned()).chain(names).collect()
}

fn line(text: &mut String, group_version: &str, name: &str, resource: &Value) -> Result<()> {
    let word = |key: &str| match resource[key].as_str() {
        Some("") | None => "-".to_owned(),
        Some(word) => word.to_owned(),
    };
    let words = |key: &str| {
        let all: Vec<&str> = resource[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if all.is_empty() {
            "-".to_owned()
        } else {
            all.join(",")
        }
    };
    let scope = if resource["namespaced"] == true {
        "Namespaced"
    } else {
        "Cluster"
    };
    let kind = word("kind");
    if let Some((_, subresource)) = name.split_once('/') {
        let of = match (word("group"), word("version")) {
            (_, version) if version == "-" => "-".to_owned(),
            (group, version) if group == "-" => version,
            (group, version) => format!("{group}/{version}"),
        };
        writeln!(text, " {subresource} {kind} {of} {}", words("verbs"))?;
    } else {
        writeln!(
            text,
            "{group_version} {name} {kind} {} {scope} {} {} {} {}",
            word("singularName"),
            words("shortNames"),
            words("categories"),
            words("verbs"),
            word("storageVersionHash"),
        )?;
    }
    Ok(())
}
