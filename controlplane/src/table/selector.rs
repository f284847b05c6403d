//! Labels and selectors as texts.

use serde_json::Value;

use super::cells::{or, text};
use crate::core::selector::LabelSelector;

/// `a=1,b=2`; `<none>` where there are none.
pub(super) fn labels(labels: &Value) -> String {
    let pairs = labels.as_object().into_iter().flatten();
    let pairs: Vec<_> = pairs
        .map(|(key, value)| format!("{key}={}", text(value)))
        .collect();
    or(pairs.join(","), "<none>")
}

/// A selector's requirements by their keys; `<none>` for one without any.
///
/// apimachinery's `FormatLabelSelector`.
pub(super) fn selector(selector: &Value) -> String {
    or(requirements(selector), "<none>")
}

/// A selector's requirements by their keys.
pub(super) fn requirements(selector: &Value) -> String {
    let selector = LabelSelector::of(selector).unwrap_or_default();
    selector.to_string()
}
