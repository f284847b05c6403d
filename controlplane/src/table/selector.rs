//! Labels and selectors as texts.

use serde_json::Value;

use super::cells::{or, text};

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
    let labels = selector["matchLabels"].as_object().into_iter().flatten();
    let mut told: Vec<(String, String)> = labels
        .map(|(key, value)| (key.clone(), format!("{key}={}", text(value))))
        .collect();
    let expressions = selector["matchExpressions"].as_array();
    told.extend(expressions.into_iter().flatten().map(|expression| {
        let key = text(&expression["key"]);
        let values = expression["values"].as_array().into_iter().flatten();
        let mut values: Vec<_> = values.map(text).collect();
        values.sort_unstable();
        let values = values.join(",");
        let told = match text(&expression["operator"]) {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        };
        (key.to_owned(), told)
    }));
    told.sort_by(|(one, _), (other, _)| one.cmp(other));
    let told: Vec<_> = told.into_iter().map(|(_, told)| told).collect();
    told.join(",")
}
