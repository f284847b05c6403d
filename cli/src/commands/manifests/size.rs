//! CRDs that are too large for some.

use myop_manifests::{ANNOTATIONS, Descriptions, oversized};
use serde_json::Value;

use crate::error::Error;

/// What is to be said of definitions that a client-side `kubectl apply` can't put on a cluster.
///
/// # Errors
/// When they contradict each other.
pub(super) fn notes(
    definitions: &[Value],
    descriptions: Descriptions,
) -> Result<Vec<String>, Error> {
    let oversized = oversized(definitions, descriptions)?.into_iter();
    let notes = oversized.map(|(file, bytes)| {
        format!(
            "{file} is too large for `kubectl apply`, which would keep {bytes} bytes of it in an annotation, and {ANNOTATIONS} fit: \
             take `kubectl apply --server-side`, or say less by `--descriptions first-sentence` or `none`"
        )
    });
    Ok(notes.collect())
}
