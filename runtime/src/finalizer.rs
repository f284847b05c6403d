//! Finalizers: an object stays until its cleanup has succeeded.

use std::sync::Arc;

use crate::{
    error::{Error, Write},
    object::{NamespacedName, Object},
    writer::{Writer, unless_gone},
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
    writer: &Writer,
    object: &K,
    finalizer: &str,
) -> Result<Arc<K>, Error> {
    let mut finalizers = object.meta().finalizers.clone().unwrap_or_default();
    finalizers.push(finalizer.to_owned());
    writer
        .set_finalizers(object, &finalizers)
        .await
        .map_err(|source| failed(object, source))
}

/// Returns the object as it then is, unless it is gone already.
pub(crate) async fn remove<K: Object>(
    writer: &Writer,
    object: &K,
    finalizer: &str,
) -> Result<Option<Arc<K>>, Error> {
    let mut finalizers = object.meta().finalizers.clone().unwrap_or_default();
    finalizers.retain(|name| name != finalizer);
    let answer = writer.set_finalizers(object, &finalizers).await;
    unless_gone(answer).map_err(|source| failed(object, source))
}

fn failed<K: Object>(object: &K, source: kube::Error) -> Error {
    Error::write::<K>(Write::Finalizers, &NamespacedName::of(object), source)
}
