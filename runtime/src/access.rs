//! What a controller may touch: only what it declares compiles.
//!
//! `#[derive(Controller)]` implements these traits for each kind that `#[controller(...)]` names, and hands the
//! runtime the same list, from which watches and rules are made. Implementing one by hand compiles, but brings neither
//! a watch nor a rule.

use crate::{
    controller::Controller,
    object::{Object, is_namespaced},
};

/// The controller reads objects of kind `K` from the cache: `reads(K)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare that it reads `{K}`",
    label = "`{K}` is not declared",
    note = "add `watches({K}, ...)` to its #[controller(...)] if a change must wake it, else `reads({K})`: the watch and the ClusterRole's rule follow from it"
)]
pub trait Reads<K: ?Sized> {}

/// The controller makes, changes and deletes objects of kind `K` as children of the reconciled object: `owns(K)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare that it owns `{K}`",
    label = "`{K}` is not declared",
    note = "add `owns({K})` to its #[controller(...)]: the watch and the ClusterRole's rule follow from it"
)]
pub trait Owns<K: ?Sized> {}

/// The controller keeps the status of the reconciled object, unless it declares `reconciles(..., status = false)`:
/// of several controllers of a kind, one does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` leaves the status to another controller",
    note = "it declares `status = false` in its #[controller(reconciles(...))]"
)]
pub trait KeepsStatus {}

/// Stands for no kind: being unsized, it can be none.
///
/// With a single implementation rustc would take the one declared kind for granted, and report mismatched types in
/// place of the missing declaration. So there are two that are never meant.
pub trait Undeclared {}

/// As [`Undeclared`], for a controller that declares nothing.
pub trait UndeclaredToo {}

#[diagnostic::do_not_recommend]
impl<C: Controller> Reads<dyn Undeclared> for C {}

#[diagnostic::do_not_recommend]
impl<C: Controller> Reads<dyn UndeclaredToo> for C {}

#[diagnostic::do_not_recommend]
impl<C: Controller> Owns<dyn Undeclared> for C {}

#[diagnostic::do_not_recommend]
impl<C: Controller> Owns<dyn UndeclaredToo> for C {}

/// One rule of a `ClusterRole` or a `Role`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) api_groups: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resources: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "Vec::is_empty")]
    pub(crate) non_resource_urls: Vec<String>,
    pub(crate) verbs: Vec<String>,
    /// Whether it is for a kind of which is known that its objects are in no namespace.
    #[serde(skip)]
    cluster_scoped: bool,
}

impl Rule {
    /// Allows `verbs` on `resources` of `groups`; the core group is `""`.
    pub fn new<const G: usize, const R: usize, const V: usize>(
        groups: [&str; G],
        resources: [&str; R],
        verbs: [&str; V],
    ) -> Self {
        Self {
            api_groups: groups.map(Into::into).into(),
            resources: resources.map(Into::into).into(),
            verbs: verbs.map(Into::into).into(),
            ..Self::default()
        }
    }

    /// Allows `verbs` on paths that are no resources, `/metrics` for example.
    pub fn urls<const U: usize, const V: usize>(urls: [&str; U], verbs: [&str; V]) -> Self {
        Self {
            non_resource_urls: urls.map(Into::into).into(),
            verbs: verbs.map(Into::into).into(),
            ..Self::default()
        }
    }

    /// Restricts the rule to objects of these names.
    #[must_use]
    pub fn names<const N: usize>(self, names: [&str; N]) -> Self {
        Self {
            resource_names: names.map(Into::into).into(),
            ..self
        }
    }

    /// Allows `verbs` on the objects of kind `K`, or on a subresource of theirs.
    pub(crate) fn on<K: Object, const V: usize>(
        subresource: Option<&str>,
        verbs: [&str; V],
    ) -> Self {
        let plural = K::plural(&());
        let resource =
            subresource.map_or_else(|| plural.to_string(), |name| format!("{plural}/{name}"));
        Self {
            cluster_scoped: !is_namespaced::<K>(),
            ..Self::new([&K::group(&())], [&resource], verbs)
        }
    }
}

/// Rules by where they must hold for an operator that watches some namespaces only.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ScopedRules {
    /// In each of the namespaces: those of a Role.
    pub(crate) namespaced: Vec<Rule>,
    /// Everywhere: those of a ClusterRole, as what they are for is in no namespace.
    pub(crate) cluster: Vec<Rule>,
}

impl FromIterator<Rule> for ScopedRules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut scoped = Self::default();
        for rule in rules {
            let is_cluster_scoped = |resource: &String| {
                rule.cluster_scoped || are_cluster_scoped(&rule.api_groups, resource)
            };
            let (cluster, namespaced): (Vec<_>, Vec<_>) =
                rule.resources.iter().cloned().partition(is_cluster_scoped);
            if !namespaced.is_empty() {
                scoped.namespaced.push(Rule {
                    resources: namespaced,
                    ..rule.clone()
                });
            }
            if !cluster.is_empty() || rule.resources.is_empty() {
                scoped.cluster.push(Rule {
                    resources: cluster,
                    ..rule
                });
            }
        }
        scoped
    }
}

/// Whether all of these are resources of Kubernetes itself that are in no namespace. Rules that are written by hand name
/// no kind.
fn are_cluster_scoped(groups: &[String], resource: &str) -> bool {
    let resource = resource.split('/').next().unwrap_or_default();
    groups.iter().all(|group| {
        CLUSTER_SCOPED
            .iter()
            .any(|(known, resources)| known == group && resources.contains(&resource))
    })
}

/// What `kubectl api-resources --namespaced=false` names.
const CLUSTER_SCOPED: [(&str, &[&str]); 14] = [
    (
        "",
        &[
            "componentstatuses",
            "namespaces",
            "nodes",
            "persistentvolumes",
        ],
    ),
    (
        "admissionregistration.k8s.io",
        &[
            "mutatingadmissionpolicies",
            "mutatingadmissionpolicybindings",
            "mutatingwebhookconfigurations",
            "validatingadmissionpolicies",
            "validatingadmissionpolicybindings",
            "validatingwebhookconfigurations",
        ],
    ),
    ("apiextensions.k8s.io", &["customresourcedefinitions"]),
    ("apiregistration.k8s.io", &["apiservices"]),
    (
        "authentication.k8s.io",
        &["selfsubjectreviews", "tokenreviews"],
    ),
    (
        "authorization.k8s.io",
        &[
            "selfsubjectaccessreviews",
            "selfsubjectrulesreviews",
            "subjectaccessreviews",
        ],
    ),
    (
        "certificates.k8s.io",
        &[
            "certificatesigningrequests",
            "clustertrustbundles",
            "signers",
        ],
    ),
    (
        "flowcontrol.apiserver.k8s.io",
        &["flowschemas", "prioritylevelconfigurations"],
    ),
    (
        "networking.k8s.io",
        &["ingressclasses", "ipaddresses", "servicecidrs"],
    ),
    ("node.k8s.io", &["runtimeclasses"]),
    (
        "rbac.authorization.k8s.io",
        &["clusterrolebindings", "clusterroles"],
    ),
    ("resource.k8s.io", &["deviceclasses", "resourceslices"]),
    ("scheduling.k8s.io", &["priorityclasses"]),
    (
        "storage.k8s.io",
        &[
            "csidrivers",
            "csinodes",
            "storageclasses",
            "volumeattachments",
            "volumeattributesclasses",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Node, Secret};

    use super::*;

    #[test]
    fn a_rule_holds_where_its_resources_are() {
        let rules = [
            Rule::on::<Secret, _>(None, ["list"]),
            Rule::on::<Node, _>(Some("status"), ["patch"]),
            Rule::new(["", "apps"], ["pods", "nodes"], ["get"]),
            Rule::new([""], ["nodes/proxy", "pods/log"], ["get"]).names(["one"]),
            Rule::urls(["/metrics"], ["get"]),
        ];
        let scoped: ScopedRules = rules.into_iter().collect();
        assert_eq!(
            scoped.namespaced,
            [
                Rule::new([""], ["secrets"], ["list"]),
                Rule::new(["", "apps"], ["pods", "nodes"], ["get"]),
                Rule::new([""], ["pods/log"], ["get"]).names(["one"]),
            ]
        );
        assert_eq!(
            scoped.cluster,
            [
                Rule::on::<Node, _>(Some("status"), ["patch"]),
                Rule::new([""], ["nodes/proxy"], ["get"]).names(["one"]),
                Rule::urls(["/metrics"], ["get"]),
            ]
        );
    }
}
