//! Writes that change nothing but a time of managedFields (apiserver's `handlers/fieldmanager/equality.go`).

use serde_json::{Map, Value};

use super::element::equal;

/// Takes the old times of managedFields where a write changed nothing else.
pub fn keep_times(old: &Value, new: &mut Value) {
    let none = Vec::new();
    let entries = |object: &'_ Value| -> Option<Vec<Value>> {
        object["metadata"]["managedFields"].as_array().cloned()
    };
    let olds = entries(old).unwrap_or(none);
    let Some(news) = new
        .pointer_mut("/metadata/managedFields")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    let alike = olds.len() == news.len()
        && olds
            .iter()
            .zip(news.iter())
            .all(|(old, new)| alike(old, new));
    if !alike || olds == *news || !same_but_entries(old, new) {
        return;
    }
    new["metadata"]["managedFields"] = olds.into();
}

/// Whether two entries differ in nothing but their times.
fn alike(old: &Value, new: &Value) -> bool {
    same_but(old, new, "time", |_, _| true)
}

fn same_but_entries(old: &Value, new: &Value) -> bool {
    same_but(old, new, "metadata", |old, new| {
        same_but(old, new, "managedFields", |_, _| true)
    })
}

/// Whether two objects are the same, but for one field that is compared otherwise.
fn same_but(old: &Value, new: &Value, name: &str, same: impl Fn(&Value, &Value) -> bool) -> bool {
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else {
        return old == new;
    };
    let others =
        |fields: &'_ Map<String, Value>| fields.len() - usize::from(fields.contains_key(name));
    let within = match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) => same(old, new),
        _ => true,
    };
    within
        && others(old) == others(new)
        && old
            .iter()
            .filter(|(key, _)| *key != name)
            .all(|(key, value)| new.get(key).is_some_and(|other| equal(value, other)))
}
