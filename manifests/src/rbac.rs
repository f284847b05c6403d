//! Who the operator is and what it may do: its account, its roles and their bindings.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::crds::Definition;
use crate::facts::Facts;
use crate::kustomize::{self, labels};
use crate::rules::{self, Rule};
use crate::{people, yaml};

const API: &str = "rbac.authorization.k8s.io/v1";
const ACCOUNT: &str = "controller-manager";
const MANAGER: &str = "manager-role";
const LEADER_ELECTION: &str = "leader-election-role";
const METRICS_AUTH: &str = "metrics-auth-role";

/// The files of `config/rbac`.
pub(crate) fn files(
    facts: &Facts,
    definitions: &[Definition],
    domain: &str,
) -> BTreeMap<String, String> {
    let project = facts.name.as_str();
    let mut files: BTreeMap<_, _> = [
        ("service_account.yaml", service_account(project)),
        ("role.yaml", manager_role(facts)),
        (
            "role_binding.yaml",
            binding(project, "ClusterRole", MANAGER, "manager-rolebinding"),
        ),
        ("leader_election_role.yaml", leader_election_role(project)),
        (
            "leader_election_role_binding.yaml",
            binding(
                project,
                "Role",
                LEADER_ELECTION,
                "leader-election-rolebinding",
            ),
        ),
        ("metrics_auth_role.yaml", metrics_auth_role(project)),
        (
            "metrics_auth_role_binding.yaml",
            binding(
                project,
                "ClusterRole",
                METRICS_AUTH,
                "metrics-auth-rolebinding",
            ),
        ),
        ("metrics_reader_role.yaml", metrics_reader_role(project)),
    ]
    .map(|(name, value)| (name.to_owned(), yaml::document(&value)))
    .into();
    for definition in definitions {
        files.extend(people::roles(project, definition, domain));
    }
    let list = kustomize::list(files.keys());
    files.insert("kustomization.yaml".to_owned(), list);
    files
        .into_iter()
        .map(|(name, text)| (format!("config/rbac/{name}"), text))
        .collect()
}

fn service_account(project: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": { "name": ACCOUNT, "namespace": "system", "labels": labels(project) },
    })
}

/// What all controllers need, and the events that every one of them may publish.
fn manager_role(facts: &Facts) -> Value {
    let events = rule("events.k8s.io", "events", &["create", "patch"]);
    let declared = facts
        .controllers
        .iter()
        .flat_map(|controller| &controller.rules);
    json!({
        "apiVersion": API,
        "kind": "ClusterRole",
        "metadata": { "name": MANAGER, "labels": labels(&facts.name) },
        "rules": rules::merge(declared.chain([&events])),
    })
}

fn leader_election_role(project: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": "Role",
        "metadata": { "name": LEADER_ELECTION, "namespace": "system", "labels": labels(project) },
        "rules": [rule("coordination.k8s.io", "leases", &["create", "get", "update", "watch"])],
    })
}

/// What the operator needs to find out who asks for its metrics, and whether they may have them.
fn metrics_auth_role(project: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": "ClusterRole",
        "metadata": { "name": METRICS_AUTH, "labels": labels(project) },
        "rules": [
            rule("authentication.k8s.io", "tokenreviews", &["create"]),
            rule("authorization.k8s.io", "subjectaccessreviews", &["create"]),
        ],
    })
}

/// What whoever scrapes the metrics needs. It is bound to nobody: only the cluster's owner knows who that is.
fn metrics_reader_role(project: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": "ClusterRole",
        "metadata": { "name": "metrics-reader", "labels": labels(project) },
        "rules": [{ "nonResourceURLs": ["/metrics"], "verbs": ["get"] }],
    })
}

/// The binding of a role to the operator's account; a Role's lies in the operator's namespace.
fn binding(project: &str, role_kind: &str, role: &str, name: &str) -> Value {
    let mut metadata = json!({ "name": name, "labels": labels(project) });
    if role_kind == "Role" {
        metadata["namespace"] = json!("system");
    }
    json!({
        "apiVersion": API,
        "kind": format!("{role_kind}Binding"),
        "metadata": metadata,
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": role_kind, "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": ACCOUNT, "namespace": "system" }],
    })
}

fn rule(group: &str, resource: &str, verbs: &[&str]) -> Rule {
    Rule {
        api_groups: vec![group.to_owned()],
        resources: vec![resource.to_owned()],
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..Rule::default()
    }
}
