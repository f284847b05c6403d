//! What a controller may touch: only what it declares compiles.
//!
//! `#[derive(Controller)]` implements these traits for each kind that `#[controller(...)]` names, and hands the
//! runtime the same list, from which watches and rules are made. Implementing one by hand compiles, but brings neither
//! a watch nor a rule.

use crate::{controller::Controller, object::Object};

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

/// One rule of a `ClusterRole`.
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
        Self::new([&K::group(&())], [&resource], verbs)
    }
}
