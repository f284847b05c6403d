//! Server-side apply that sends nothing where nothing would change.
//!
//! Comparing what is wanted with what is there does not work: the server normalizes ("0.1" CPUs become "100m") and
//! fills in defaults. So it is remembered, for each child, what was applied and what came back; while the author wants
//! the same and the cache holds the same, there is nothing to send.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::object::Object;

/// One apply: the hashes of what was wanted, and of the same fields as they came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    wanted: u64,
    answer: u64,
}

impl Applied {
    pub(crate) fn new<K: Object>(wanted: &Value, answer: &K) -> Result<Self, serde_json::Error> {
        Ok(Self {
            wanted: hash(wanted),
            answer: hash(&fields_of(serde_json::to_value(answer)?, wanted)),
        })
    }

    /// Whether this is what was wanted.
    pub(crate) fn wanted(&self, wanted: &Value) -> bool {
        self.wanted == hash(wanted)
    }

    /// Whether applying `wanted` to `live` again would change nothing.
    pub(crate) fn still_holds<K: Object>(
        &self,
        wanted: &Value,
        live: &K,
    ) -> Result<bool, serde_json::Error> {
        Ok(*self == Self::new(wanted, live)?)
    }
}

/// What `live` has in the fields that `wanted` sets. Others' fields are no concern of ours; a list is one field.
fn fields_of(live: Value, wanted: &Value) -> Value {
    match (live, wanted) {
        (Value::Object(mut live), Value::Object(wanted)) => wanted
            .iter()
            .filter_map(|(name, wanted)| {
                let live = live.remove(name)?;
                Some((name.clone(), fields_of(live, wanted)))
            })
            .collect(),
        (live, _) => live,
    }
}

pub(crate) fn hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Drops every `null` of an object, at any depth. The server would store it, and make us its owner.
pub(crate) fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::Deployment;
    use serde_json::json;

    use super::*;

    fn deployment(fields: Value) -> Deployment {
        serde_json::from_value(fields).expect("a Deployment")
    }

    /// The answers are those of kube-apiserver: quantities are normalized, defaults are filled in.
    #[test]
    fn only_a_change_of_what_was_applied_is_a_reason_to_apply_again() {
        let container =
            json!({"name": "app", "image": "busybox", "resources": {"requests": {"cpu": "0.1"}}});
        let wanted =
            json!({"spec": {"replicas": 2, "template": {"spec": {"containers": [container]}}}});
        let answered = json!({"name": "app", "image": "busybox", "resources": {"requests": {"cpu": "100m"}},
            "imagePullPolicy": "Always"});
        let answer = json!({
            "metadata": {"name": "shop", "resourceVersion": "7", "generation": 1},
            "spec": {
                "replicas": 2, "revisionHistoryLimit": 10, "selector": {},
                "template": {"spec": {"containers": [answered], "restartPolicy": "Always"}},
            },
        });
        let applied = Applied::new(&wanted, &deployment(answer.clone())).expect("JSON");
        let holds = |path: &str, value: Value, wanted: &Value| {
            let mut live = answer.clone();
            let (parent, field) = path.rsplit_once('/').expect("a path");
            live.pointer_mut(parent).expect("a field")[field] = value;
            applied
                .still_holds(wanted, &deployment(live))
                .expect("JSON")
        };
        let revision = json!({"deployment.kubernetes.io/revision": "1"});
        assert!(
            holds("/metadata/annotations", revision, &wanted),
            "somebody else's field"
        );
        assert!(
            holds("/spec/revisionHistoryLimit", json!(3), &wanted),
            "a default that somebody changes"
        );
        assert!(!holds("/spec/replicas", json!(7), &wanted), "drift");
        assert!(
            !holds("/spec/template/spec/containers", json!([]), &wanted),
            "drift in a list"
        );
        assert!(
            !holds(
                "/metadata/labels",
                json!({}),
                &json!({"spec": {"replicas": 2}})
            ),
            "a field is given up"
        );
    }
}
