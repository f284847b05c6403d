//! A request for objects, as the verbs see it.

use crate::auth::{Attributes, Resource, Target};

/// A request for objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) verb: Verb,
    pub(crate) group: String,
    pub(crate) version: String,
    /// Empty where the request is for a cluster-scoped kind, or for all namespaces.
    pub(crate) namespace: String,
    /// The plural.
    pub(crate) resource: String,
    /// Empty where the request is for several objects, or for one without a name yet.
    pub(crate) name: String,
    pub(crate) subresource: String,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Delete,
    DeleteCollection,
    Get,
    List,
    Patch,
    Update,
    Watch,
    /// A method that Kubernetes has no word for: nobody takes it.
    Unknown,
}

impl Verb {
    /// By name, as discovery lists them.
    pub(crate) const ALL: [Self; 8] = [
        Self::Create,
        Self::Delete,
        Self::DeleteCollection,
        Self::Get,
        Self::List,
        Self::Patch,
        Self::Update,
        Self::Watch,
    ];

    /// As rules and discovery have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
            Self::Get => "get",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Update => "update",
            Self::Watch => "watch",
            Self::Unknown => "",
        }
    }
}

impl Call {
    /// As rules have it.
    pub(crate) fn target(&self) -> Resource {
        Resource {
            namespace: self.namespace.clone(),
            group: self.group.clone(),
            version: self.version.clone(),
            resource: self.resource.clone(),
            subresource: self.subresource.clone(),
            name: self.name.clone(),
        }
    }

    /// None where the request is for no object.
    pub(crate) fn of(attributes: &Attributes) -> Option<Self> {
        let Target::Resource(target) = &attributes.target else {
            return None;
        };
        let mut known = Verb::ALL.into_iter().chain([Verb::Unknown]);
        let verb = known.find(|verb| verb.name() == attributes.verb)?;
        let is_namespace = target.resource == "namespaces" && target.group.is_empty();
        Some(Self {
            verb,
            group: target.group.clone(),
            version: target.version.clone(),
            // A namespace is not in itself.
            namespace: if is_namespace {
                String::new()
            } else {
                target.namespace.clone()
            },
            resource: target.resource.clone(),
            name: target.name.clone(),
            subresource: target.subresource.clone(),
        })
    }
}
