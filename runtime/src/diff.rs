//! Which fields of an object a write has changed.

use std::{collections::BTreeSet, fmt};

use serde_json::Value;

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// Where it is: `.spec.replicas`, or `.spec.template.spec.containers[app].image` where the items of a list have
    /// names or types.
    pub path: String,
    /// What was there, if anything.
    pub before: Option<Value>,
    /// What is there, if anything.
    pub after: Option<Value>,
}

/// A condition by its status and reason, anything else as it is, cut where it is long.
fn in_short(value: &Value) -> String {
    if let Some((status, reason)) = standing(value) {
        return format!("{status} ({reason})");
    }
    let text = value.to_string();
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The status of a condition, and its reason.
fn standing(value: &Value) -> Option<(&str, &str)> {
    Some((value["status"].as_str()?, value["reason"].as_str()?))
}

impl FieldChange {
    pub(crate) fn of_finalizer(name: &str, is_added: bool) -> Self {
        let (there, absent) = (Some(name.into()), None);
        let (before, after) = if is_added {
            (absent, there)
        } else {
            (there, absent)
        };
        Self {
            path: ".metadata.finalizers".into(),
            before,
            after,
        }
    }
}

/// Longer values are cut in the log.
const LONGEST_VALUE: usize = 40;

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = |value: &Option<Value>| value.as_ref().map_or("none".into(), in_short);
        let (before, after) = (short(&self.before), short(&self.after));
        write!(f, "{} {before} -> {after}", self.path)
    }
}

/// The fields below `path` that differ, in the order of their names.
pub(crate) fn changes(path: &str, before: &Value, after: &Value) -> Vec<FieldChange> {
    let mut found = Vec::new();
    compare(path, Some(before), Some(after), &mut found);
    found
}

/// As [`changes`], of a whole object: without its kind, its status and what the server keeps in its metadata.
pub(crate) fn changes_of_object(mut before: Value, mut after: Value) -> Vec<FieldChange> {
    let is_secret = after["kind"] == "Secret";
    for object in [&mut before, &mut after] {
        let Some(fields) = object.as_object_mut() else {
            continue;
        };
        // What is read from a list does not have these.
        for of_any in ["apiVersion", "kind", "status"] {
            fields.remove(of_any);
        }
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            for kept in KEPT_BY_THE_SERVER {
                metadata.remove(kept);
            }
        }
    }
    let mut found = changes("", &before, &after);
    if is_secret {
        for change in &mut found {
            let hidden = |value: Option<Value>| value.map(|_| "(hidden)".into());
            change.before = hidden(change.before.take());
            change.after = hidden(change.after.take());
        }
    }
    found
}

const KEPT_BY_THE_SERVER: [&str; 4] = [
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
];

fn compare(
    path: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<FieldChange>,
) {
    match (before, after) {
        (before, after) if before == after => {}
        // A condition that turns is one change; its message and its time follow from that.
        (Some(before), Some(after))
            if standing(before).is_some()
                && standing(after).is_some()
                && standing(before) != standing(after) =>
        {
            found.push(FieldChange {
                path: path.to_owned(),
                before: Some(before.clone()),
                after: Some(after.clone()),
            });
        }
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for name in names {
                let path = format!("{path}.{name}");
                compare(&path, before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            match (named(before), named(after)) {
                (Some(before), Some(after)) => {
                    let names: BTreeSet<_> =
                        before.iter().chain(&after).map(|(name, _)| *name).collect();
                    for name in names {
                        let item = |items: &[(&str, &'_ Value)]| {
                            items.iter().position(|(other, _)| *other == name)
                        };
                        let path = format!("{path}[{name}]");
                        let (old, new) = (item(&before), item(&after));
                        compare(
                            &path,
                            old.map(|at| before[at].1),
                            new.map(|at| after[at].1),
                            found,
                        );
                    }
                }
                _ => {
                    for at in 0..before.len().max(after.len()) {
                        compare(
                            &format!("{path}[{at}]"),
                            before.get(at),
                            after.get(at),
                            found,
                        );
                    }
                }
            }
        }
        (before, after) => found.push(FieldChange {
            path: path.to_owned(),
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

/// The items of a list by what tells them apart, where each has a name or a type of its own.
fn named(items: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let name = |item: &'_ Value, key: &str| item.get(key).and_then(Value::as_str).is_some();
    let key = ["name", "type"]
        .into_iter()
        .find(|key| items.iter().all(|item| name(item, key)))?;
    let named: Vec<_> = items
        .iter()
        .filter_map(|item| Some((item[key].as_str()?, item)))
        .collect();
    let distinct: BTreeSet<_> = named.iter().map(|(name, _)| name).collect();
    (distinct.len() == items.len()).then_some(named)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(before: Value, after: Value) -> Vec<String> {
        let changes = changes_of_object(before, after);
        changes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_change_is_told_by_the_path_of_its_field() {
        let before = json!({
            "metadata": {"resourceVersion": "1", "labels": {"a": "1"}},
            "spec": {"replicas": 2, "containers": [{"name": "app", "image": "a"}, {"name": "log"}], "args": ["x"]},
            "status": {"replicas": 1},
        });
        let after = json!({
            "metadata": {"resourceVersion": "2"},
            "spec": {"replicas": 3, "containers": [{"name": "log"}, {"name": "app", "image": "b"}], "args": ["x", "y"]},
        });
        assert_eq!(
            words(before, after),
            [
                r#".metadata.labels {"a":"1"} -> none"#,
                r#".spec.args[1] none -> "y""#,
                r#".spec.containers[app].image "a" -> "b""#,
                ".spec.replicas 2 -> 3",
            ]
        );
    }

    #[test]
    fn what_is_in_a_secret_is_not_told() {
        let secret = |word: &str| json!({"kind": "Secret", "data": {"password": word}});
        assert_eq!(
            words(secret("b2xk"), secret("bmV3")),
            [r#".data.password "(hidden)" -> "(hidden)""#]
        );
    }

    #[test]
    fn a_condition_is_told_by_its_status_and_reason() {
        let ready =
            json!({"type": "Ready", "status": "False", "reason": "Failed", "message": "it rains"});
        let status = |conditions: Value| json!({"conditions": conditions});
        let [change] = &changes(".status", &status(json!([])), &status(json!([ready])))[..] else {
            panic!("one change")
        };
        let words = ".status.conditions[Ready] none -> False (Failed)";
        assert_eq!(change.to_string(), words);

        let turned =
            json!({"type": "Ready", "status": "True", "reason": "Done", "message": "it shines"});
        let same =
            json!({"type": "Ready", "status": "False", "reason": "Failed", "message": "it snows"});
        let told = |after: Value| {
            let found = changes(".status", &status(json!([ready])), &status(json!([after])));
            found.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(
            told(turned),
            [".status.conditions[Ready] False (Failed) -> True (Done)"]
        );
        assert_eq!(
            told(same),
            [r#".status.conditions[Ready].message "it rains" -> "it snows""#]
        );
    }

    #[test]
    fn a_long_value_is_cut_in_the_log() {
        let text = |letter: &str| json!({"data": {"text": letter.repeat(1000)}});
        let [line] = &words(text("ä"), text("ö"))[..] else {
            panic!("one change")
        };
        assert_eq!(line.matches("...").count(), 2);
        assert!(line.chars().count() < 120, "{line}");
    }
}
