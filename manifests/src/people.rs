//! The roles for people: what an admin, an editor and a viewer of a kind may do. The operator needs none of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::crd_file::CrdFile;
use crate::names::Names;
use crate::rbac::metadata;
use crate::{Project, yaml};

const ROLES: [(&str, &[&str]); 3] = [
    ("admin", &["*"]),
    (
        "editor",
        &[
            "create", "delete", "get", "list", "patch", "update", "watch",
        ],
    ),
    ("viewer", &["get", "list", "watch"]),
];

/// The three roles of a kind, by file name.
pub(crate) fn roles(project: &str, file: &CrdFile, said: &Project<'_>) -> BTreeMap<String, String> {
    let (prefix, kind) = (
        group_prefix(file.group(), said.domain),
        file.kind().to_lowercase(),
    );
    let name = |separator: &str, role: &str| match prefix {
        Some(prefix) => [prefix, &kind, role, "role"].join(separator),
        None => [&kind, role, "role"].join(separator),
    };
    let is_role = said.namespaced && !file.is_cluster_scoped();
    let role_kind = if is_role { "Role" } else { "ClusterRole" };
    ROLES
        .iter()
        .map(|(role, verbs)| {
            let role_name = name("-", role);
            (
                format!("{}.yaml", name("_", role)),
                yaml::document(&json!({
                    "apiVersion": "rbac.authorization.k8s.io/v1",
                    "kind": role_kind,
                    "metadata": metadata(project, role_kind, &role_name),
                    "rules": rules(file, verbs),
                })),
            )
        })
        .collect()
}

/// Whether a file of this name can be such a role of some kind: of `cart`, or of `shop_cart`.
pub(crate) fn can_be_role(file: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c))
    };
    ROLES.iter().any(|(role, _)| {
        file.strip_suffix(&format!("_{role}_role.yaml"))
            .is_some_and(|kind| kind.split('_').count() <= 2 && kind.split('_').all(is_name))
    })
}

fn rules(file: &CrdFile, verbs: &[&str]) -> Value {
    let Names { group, plural, .. } = &file.names;
    json!([
        { "apiGroups": [group], "resources": [plural], "verbs": verbs },
        { "apiGroups": [group], "resources": [format!("{plural}/status")], "verbs": ["get"] },
    ])
}

/// What tells the group from the domain's own: `shop` of `shop.example.com`.
fn group_prefix<'a>(group: &'a str, domain: &str) -> Option<&'a str> {
    if group == domain {
        return None;
    }
    let inside = group
        .strip_suffix(domain)
        .and_then(|rest| rest.strip_suffix('.'));
    Some(inside.unwrap_or(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_told_by_what_it_adds_to_the_domain() {
        assert_eq!(group_prefix("example.com", "example.com"), None);
        assert_eq!(
            group_prefix("shop.example.com", "example.com"),
            Some("shop")
        );
        assert_eq!(
            group_prefix("shopexample.com", "example.com"),
            Some("shopexample.com")
        );
        assert_eq!(
            group_prefix("batch.other.org", "example.com"),
            Some("batch.other.org")
        );
    }
}
