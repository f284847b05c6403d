//! CRDs that are too large for some.

use myop_manifests::{ANNOTATIONS, CrdFile};

/// What is to be said of definitions that a client-side `kubectl apply` can't put on a cluster, as it would keep so many bytes
/// of them in an annotation.
pub(super) fn notes<'f>(files: impl IntoIterator<Item = &'f CrdFile>) -> Vec<String> {
    let notes = files.into_iter().filter_map(|file| {
        let (name, bytes) = (file.name(), file.oversized()?);
        Some(format!(
            "{name} is too large for `kubectl apply`, which would keep {bytes} bytes of it in an annotation, and {ANNOTATIONS} fit: \
             take `kubectl apply --server-side`, or say less by `--descriptions first-sentence` or `none`"
        ))
    });
    notes.collect()
}
