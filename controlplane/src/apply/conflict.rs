//! What stands against an apply (apimachinery's `pkg/util/managedfields/internal/conflict.go`).

use serde_json::{Value, json};

use super::{Element, FieldSet, entry::Owner};
use crate::Refusal;

/// Fields that others own and the configuration changes.
#[derive(Debug, Default)]
pub(super) struct Conflicts(Vec<(Owner, FieldSet)>);

impl Conflicts {
    pub(super) fn add(&mut self, owner: &Owner, fields: FieldSet) {
        self.0.push((owner.clone(), fields));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|(_, fields)| fields.is_empty())
    }

    /// Those that are not allowed.
    pub(super) fn but(self, allowed: &FieldSet) -> Self {
        let left = self
            .0
            .into_iter()
            .map(|(owner, fields)| (owner, fields.difference(allowed)));
        Self(left.filter(|(_, fields)| !fields.is_empty()).collect())
    }

    /// 409. The real server gives the owners in any order; here they are sorted.
    pub(super) fn refusal(mut self) -> Refusal {
        self.0.sort_by_cached_key(|(owner, _)| owner.identifier());
        let owners = self
            .0
            .iter()
            .map(|(owner, fields)| (owner.shown(), paths(fields)));
        let owners: Vec<_> = owners.collect();
        let causes = owners
            .iter()
            .flat_map(|(owner, paths)| paths.iter().map(|path| cause(owner, path)));
        let causes: Vec<Value> = causes.collect();
        Refusal {
            details: Some(json!({"causes": causes})),
            ..Refusal::of(409, "Conflict", message(&owners))
        }
    }
}

fn paths(fields: &FieldSet) -> Vec<String> {
    let text = |path: Vec<Element>| path.iter().map(ToString::to_string).collect();
    fields.paths().into_iter().map(text).collect()
}

fn cause(owner: &str, path: &str) -> Value {
    json!({"reason": "FieldManagerConflict", "message": format!("conflict with {owner}"), "field": path})
}

fn message(owners: &[(String, Vec<String>)]) -> String {
    if let [(owner, paths)] = owners
        && let [path] = paths.as_slice()
    {
        return format!("Apply failed with 1 conflict: conflict with {owner}: {path}");
    }
    let count: usize = owners.iter().map(|(_, paths)| paths.len()).sum();
    let mut lines = Vec::new();
    for (owner, paths) in owners {
        lines.push(format!("conflicts with {owner}:"));
        lines.extend(paths.iter().map(|path| format!("- {path}")));
    }
    format!("Apply failed with {count} conflicts: {}", lines.join("\n"))
}
