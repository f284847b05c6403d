//! CRDs that are too large for some.

use myop_manifests::ANNOTATIONS;

/// What is to be said of definitions that a client-side `kubectl apply` can't put on a cluster, as it would keep so many bytes
/// of them in an annotation.
pub(super) fn notes(oversized: impl IntoIterator<Item = (String, usize)>) -> Vec<String> {
    let notes = oversized.into_iter().map(|(file, bytes)| {
        format!(
            "{file} is too large for `kubectl apply`, which would keep {bytes} bytes of it in an annotation, and {ANNOTATIONS} fit: \
             take `kubectl apply --server-side`, or say less by `--descriptions first-sentence` or `none`"
        )
    });
    notes.collect()
}
