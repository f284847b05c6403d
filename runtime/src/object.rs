//! What every Kubernetes object that an operator handles has in common.

use std::fmt;

use k8s_openapi::{ClusterResourceScope, NamespaceResourceScope};
use kube::{Resource, core::ObjectMeta};
use serde::{Serialize, de::DeserializeOwned};

/// A typed Kubernetes object: everything from `k8s_openapi`, and every kind made by
/// [`#[resource]`](macro@crate::resource) or kube's own derive.
///
/// It is implemented for all of them; nobody implements it by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a kind",
    label = "this is not a kind of Kubernetes object",
    note = "a kind is a type of `k8s_openapi`, or what `#[resource(kind = \"MyApp\")]` makes of `MyAppSpec`: name `MyApp`"
)]
pub trait Object:
    Resource<DynamicType = (), Scope: Scope>
    + Serialize
    + DeserializeOwned
    + Clone
    + fmt::Debug
    + Send
    + Sync
    + 'static
{
}

#[diagnostic::do_not_recommend]
impl<K> Object for K where
    K: Resource<DynamicType = (), Scope: Scope>
        + Serialize
        + DeserializeOwned
        + Clone
        + fmt::Debug
        + Send
        + Sync
        + 'static
{
}

/// Whether the objects of a kind live in namespaces.
pub trait Scope {
    /// True for namespaced kinds, false for cluster-scoped ones.
    const NAMESPACED: bool;
}

impl Scope for NamespaceResourceScope {
    const NAMESPACED: bool = true;
}

impl Scope for ClusterResourceScope {
    const NAMESPACED: bool = false;
}

pub(crate) fn is_namespaced<K: Object>() -> bool {
    <K::Scope as Scope>::NAMESPACED
}

/// The kind's name, `Deployment` for example.
pub(crate) fn kind_of<K: Object>() -> String {
    K::kind(&()).into_owned()
}

/// The resource's name with its group, as CRDs are called: `deployments.apps`, or `pods` in the core group.
pub(crate) fn resource_of<K: Object>() -> String {
    let (plural, group) = (K::plural(&()), K::group(&()));
    if group.is_empty() {
        plural.into_owned()
    } else {
        format!("{plural}.{group}")
    }
}

/// Whether the object is on its way out.
pub(crate) fn is_deleting<K: Object>(object: &K) -> bool {
    object.meta().deletion_timestamp.is_some()
}

/// Where an object is: its namespace, unless its kind is cluster-scoped, and its name.
///
/// It is what a reconcile runs for, and prints as `namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespacedName {
    /// The namespace; none for cluster-scoped objects.
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl NamespacedName {
    /// The place of an object that the API server returned.
    pub fn of<K: Object>(object: &K) -> Self {
        Self::from_meta::<K>(object.meta())
    }

    /// The name of an object of kind `K`, as another object says it: without a namespace, it is in that object's own.
    pub(crate) fn seen_from<K: Object, From: Object>(self, object: &From) -> Self {
        let namespace = self.namespace.or_else(|| object.meta().namespace.clone());
        Self {
            namespace: namespace.filter(|_| is_namespaced::<K>()),
            name: self.name,
        }
    }

    pub(crate) fn from_meta<K: Object>(meta: &ObjectMeta) -> Self {
        Self {
            namespace: meta.namespace.clone().filter(|_| is_namespaced::<K>()),
            name: meta.name.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for NamespacedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}/{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// An object's resourceVersion as a number.
///
/// Kubernetes 1.35 made resourceVersions comparable within one kind of resource
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions>); before, every server that
/// etcd backs did it in fact. `None` where a server does otherwise: nothing is then concluded from it.
pub(crate) fn resource_version(meta: &ObjectMeta) -> Option<u64> {
    meta.resource_version.as_deref()?.parse().ok()
}
