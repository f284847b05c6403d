//! Who the operator is and what it may do: its account, its roles and their bindings.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::kustomize::{self, labels};
use crate::rules::{self, Rule};
use crate::{Operator, Project, people, yaml};

const API: &str = "rbac.authorization.k8s.io/v1";
const ACCOUNT: &str = "controller-manager";
const MANAGER: &str = "manager-role";
const LEADER_ELECTION: &str = "leader-election-role";
const METRICS_AUTH: &str = "metrics-auth-role";

/// The files of a namespaced project that has access to what is in no namespace.
pub(crate) const CLUSTER_FILES: [&str; 2] = ["cluster_role.yaml", "cluster_role_binding.yaml"];

/// The files of `config/rbac`.
pub(crate) fn files(operator: &Operator<'_>, project: &Project<'_>) -> BTreeMap<String, String> {
    let name = operator.name;
    let mut files: BTreeMap<_, _> = [
        ("service_account.yaml", service_account(name)),
        ("leader_election_role.yaml", leader_election_role(name)),
        (
            "leader_election_role_binding.yaml",
            binding(name, "Role", LEADER_ELECTION, "leader-election-rolebinding"),
        ),
        ("metrics_auth_role.yaml", metrics_auth_role(name)),
        (
            "metrics_auth_role_binding.yaml",
            binding(
                name,
                "ClusterRole",
                METRICS_AUTH,
                "metrics-auth-rolebinding",
            ),
        ),
        ("metrics_reader_role.yaml", metrics_reader_role(name)),
    ]
    .into_iter()
    .chain(manager_roles(operator, project.namespaced))
    .map(|(file, value)| (file.to_owned(), yaml::document(&value)))
    .collect();
    for crd in &operator.crds {
        files.extend(people::roles(name, crd, project));
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

/// What all controllers need, and the events that every one of them may publish: everywhere, or in the operator's own
/// namespace and, where they need it, of what is in none.
fn manager_roles(operator: &Operator<'_>, namespaced: bool) -> Vec<(&'static str, Value)> {
    let events = rule("events.k8s.io", "events", &["create", "patch"]);
    let controllers = || operator.controllers.iter();
    let inside = controllers().flat_map(|controller| &controller.rules);
    let inside = inside.chain([&events]);
    let cluster = controllers().flat_map(|controller| &controller.cluster_rules);
    let with_binding = |[role_file, binding_file]: [&'static str; 2], kind, rules: Vec<Rule>| {
        let binding = binding(operator.name, kind, MANAGER, "manager-rolebinding");
        [
            (role_file, manager_role(operator.name, kind, &rules)),
            (binding_file, binding),
        ]
    };
    let files = ["role.yaml", "role_binding.yaml"];
    if !namespaced {
        let all = rules::merge(inside.chain(cluster));
        return with_binding(files, "ClusterRole", all).into();
    }
    let mut roles = Vec::from(with_binding(files, "Role", rules::merge(inside)));
    let cluster = rules::merge(cluster);
    if !cluster.is_empty() {
        roles.extend(with_binding(CLUSTER_FILES, "ClusterRole", cluster));
    }
    roles
}

fn manager_role(project: &str, kind: &str, rules: &[Rule]) -> Value {
    json!({
        "apiVersion": API,
        "kind": kind,
        "metadata": metadata(project, kind, MANAGER),
        "rules": rules,
    })
}

/// A Role, or what belongs to one, lies in the operator's namespace.
pub(crate) fn metadata(project: &str, role_kind: &str, name: &str) -> Value {
    let mut metadata = json!({ "name": name, "labels": labels(project) });
    if role_kind == "Role" {
        metadata["namespace"] = json!("system");
    }
    metadata
}

fn leader_election_role(project: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": "Role",
        "metadata": metadata(project, "Role", LEADER_ELECTION),
        "rules": [rule("coordination.k8s.io", "leases", &["create", "get", "update", "watch"])],
    })
}

/// What the operator needs to find out who asks for its metrics, and whether they may have them.
fn metrics_auth_role(project: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": "ClusterRole",
        "metadata": metadata(project, "ClusterRole", METRICS_AUTH),
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
        "metadata": metadata(project, "ClusterRole", "metrics-reader"),
        "rules": [{ "nonResourceURLs": ["/metrics"], "verbs": ["get"] }],
    })
}

/// The binding of a role to the operator's account.
fn binding(project: &str, role_kind: &str, role: &str, name: &str) -> Value {
    json!({
        "apiVersion": API,
        "kind": format!("{role_kind}Binding"),
        "metadata": metadata(project, role_kind, name),
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
