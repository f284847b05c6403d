//! Objects of a project's files on a cluster.

use std::collections::BTreeMap;
use std::fmt;

use kube::api::{DeleteParams, Patch, PatchParams};
use kube::core::{DynamicObject, GroupVersionKind};
use kube::discovery::{Scope, pinned_kind};
use kube::{Api, Client};
use serde_json::Value;

/// Whose fields they are.
const MANAGER: &str = "myop";

/// What came of an object that was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Created,
    Changed,
    Unchanged,
}

/// Which object it is. Sorted as they are to be applied, so far as that matters: what others lie in comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Identity {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
}

/// An object could not be applied or deleted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectError {
    #[error("{}", .0.message)]
    Refused(Box<kube::core::Status>),
    #[error("the API server has no kind {kind} in {api_version}")]
    NoKind { api_version: String, kind: String },
    #[error("the API server does not answer")]
    NoAnswer(#[source] Box<kube::Error>),
}

impl Identity {
    /// The name of an object; none where it has no kind or no name.
    pub(crate) fn of(object: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let metadata = &object["metadata"];
        Some(Self {
            api_version: text(&object["apiVersion"])?,
            kind: text(&object["kind"])?,
            namespace: text(&metadata["namespace"]),
            name: text(&metadata["name"])?,
        })
    }

    fn gvk(&self) -> GroupVersionKind {
        let (group, version) = self
            .api_version
            .split_once('/')
            .unwrap_or(("", &self.api_version));
        GroupVersionKind::gvk(group, version, &self.kind)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        match &self.namespace {
            Some(namespace) => write!(f, " {namespace}/{}", self.name),
            None => write!(f, " {}", self.name),
        }
    }
}

/// Objects in a line: those that are alone of their kind by name, others counted.
pub(crate) fn by_kinds<'i>(objects: impl IntoIterator<Item = &'i Identity>) -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for object in objects {
        kinds.entry(&object.kind).or_default().push(&object.name);
    }
    let words = kinds.into_iter().map(|(kind, names)| match names[..] {
        [name] => format!("{kind} {name}"),
        // The plural of each kind that is told of here.
        _ => format!("{} {kind}s", names.len()),
    });
    words.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
        })
    }
}

impl From<kube::Error> for ObjectError {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::Refused(status),
            other => Self::NoAnswer(Box::new(other)),
        }
    }
}

/// Makes an object what it should be; one of no namespace, whose kind takes one, lies in this.
///
/// # Errors
/// When it is refused, or there is no answer.
pub(crate) async fn apply(
    client: &Client,
    name: &Identity,
    object: &Value,
    namespace: &str,
) -> Result<Applied, ObjectError> {
    let api = api_of(client, name, namespace).await?;
    let before = api.get_metadata_opt(&name.name).await?;
    let parameters = PatchParams::apply(MANAGER).force();
    let after = api
        .patch(&name.name, &parameters, &Patch::Apply(object))
        .await?;
    Ok(match before {
        None => Applied::Created,
        Some(before) if before.metadata.resource_version == after.metadata.resource_version => {
            Applied::Unchanged
        }
        Some(_) => Applied::Changed,
    })
}

/// Deletes an object. One that is gone already is none.
///
/// # Errors
/// When that is refused, or there is no answer.
pub(crate) async fn delete(client: &Client, name: &Identity) -> Result<(), ObjectError> {
    let api = match api_of(client, name, "").await {
        Ok(api) => api,
        Err(ObjectError::NoKind { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    match api.delete(&name.name, &DeleteParams::default()).await {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

/// The objects of this kind, in the namespace of this one, or in the one that is given besides.
///
/// # Errors
/// When the API server does not serve the kind.
pub(crate) async fn api_of(
    client: &Client,
    name: &Identity,
    namespace: &str,
) -> Result<Api<DynamicObject>, ObjectError> {
    let found = pinned_kind(client, &name.gvk()).await;
    let (resource, capabilities) = found.map_err(|error| match error {
        kube::Error::Discovery(_) => name.no_kind(),
        kube::Error::Api(status) if status.code == 404 => name.no_kind(),
        other => other.into(),
    })?;
    let client = client.clone();
    Ok(match capabilities.scope {
        Scope::Namespaced => {
            let namespace = name.namespace.as_deref().unwrap_or(namespace);
            Api::namespaced_with(client, namespace, &resource)
        }
        Scope::Cluster => Api::all_with(client, &resource),
    })
}

impl Identity {
    fn no_kind(&self) -> ObjectError {
        ObjectError::NoKind {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
        }
    }
}
