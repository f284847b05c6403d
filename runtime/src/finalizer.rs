//! Finalizers: an object stays until its cleanup has succeeded.

use kube::{
    Client,
    api::{Patch, PatchParams},
    core::Request,
};
use serde_json::json;

use crate::{
    error::Error,
    object::{NamespacedName, Object, kind_of},
};

pub(crate) fn is_on<K: Object>(object: &K, finalizer: &str) -> bool {
    object
        .meta()
        .finalizers
        .iter()
        .flatten()
        .any(|name| name == finalizer)
}

pub(crate) async fn add<K: Object>(
    client: &Client,
    object: &K,
    finalizer: &str,
) -> Result<K, Error> {
    let mut finalizers = object.meta().finalizers.clone().unwrap_or_default();
    finalizers.push(finalizer.to_owned());
    write(client, object, &finalizers).await
}

pub(crate) async fn remove<K: Object>(
    client: &Client,
    object: &K,
    finalizer: &str,
) -> Result<K, Error> {
    let mut finalizers = object.meta().finalizers.clone().unwrap_or_default();
    finalizers.retain(|name| name != finalizer);
    write(client, object, &finalizers).await
}

/// The list goes out whole, so it must be the list of the version that was read: else the server answers 409.
async fn write<K: Object>(client: &Client, object: &K, finalizers: &[String]) -> Result<K, Error> {
    let name = NamespacedName::of(object);
    let patch = json!({
        "metadata": {
            "resourceVersion": object.meta().resource_version,
            "finalizers": finalizers,
        }
    });
    let request = Request::new(K::url_path(&(), name.namespace.as_deref()))
        .patch(&name.name, &PatchParams::default(), &Patch::Merge(patch))
        .map_err(kube::Error::BuildRequest);
    let answer = match request {
        Ok(request) => client.request(request).await,
        Err(error) => Err(error),
    };
    answer.map_err(|source| Error::Finalizer {
        kind: kind_of::<K>(),
        object: name,
        source,
    })
}
