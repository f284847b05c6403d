//! From client-side apply to server-side apply: the annotation that `kubectl apply` leaves.
//!
//! Follows apimachinery's `lastappliedmanager.go` and `lastappliedupdater.go`.

use serde_json::{Map, Value};

use super::{
    FieldSet, Target, atom::Type, check::check, compare::Comparison, go, owned::fields_of,
};

/// Who migrates.
pub(super) const KUBECTL: &str = "kubectl";

const ANNOTATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The most that all annotations may take, in bytes.
const MOST: usize = 256 * 1024;

/// Fields that kubectl applied by itself and that are still as it did: it may take them over.
pub(super) fn still_as_applied(target: &Target<'_>, live: &Value) -> Option<FieldSet> {
    let of = Type::of(target.schema);
    let applied: Value = serde_json::from_str(annotation(live)?).ok()?;
    if applied["apiVersion"] != target.api_version || applied["kind"] != target.kind {
        return None;
    }
    check(of, live, false)
        .and_then(|()| check(of, &applied, false))
        .ok()?;
    let comparison = Comparison::of(of, &applied, live).ok()?;
    let changed = comparison.changed().union(&comparison.removed);
    Some(fields_of(of, &applied).difference(&changed))
}

/// Where there is such an annotation, it tells of the configuration that was applied now.
pub(super) fn renew(object: &mut Value, configuration: &Value) {
    if annotation(object).is_none() {
        return;
    }
    let text = configuration_text(configuration);
    let Some(annotations) = object
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    annotations.insert(ANNOTATION.into(), text.into());
    let size = annotations
        .iter()
        .map(|(key, value)| key.len() + value.as_str().map_or(0, str::len));
    if size.sum::<usize>() > MOST {
        annotations.remove(ANNOTATION);
    }
}

fn annotation(object: &Value) -> Option<&str> {
    let text = object["metadata"]["annotations"]
        .get(ANNOTATION)?
        .as_str()?;
    (!text.is_empty()).then_some(text)
}

fn configuration_text(configuration: &Value) -> String {
    let mut configuration = configuration.clone();
    if let Some(annotations) = configuration
        .pointer_mut("/metadata/annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove(ANNOTATION);
    } else if let Some(metadata) = configuration
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
    {
        Map::remove(metadata, "annotations");
    }
    let mut text = String::new();
    go::json(&configuration, &mut text);
    text.push('\n');
    text
}
