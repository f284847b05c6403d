//! Whether PROJECT and the code say the same of the kinds.

use std::collections::BTreeSet;

use myop_manifests::Facts;
use serde_json::Value;

use crate::project::Project;

/// PROJECT and the code contradict each other.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Disagreement {
    #[error(
        "PROJECT has {kind} {version} of group {group}, and the operator's program defines no such kind"
    )]
    Undefined {
        kind: String,
        version: String,
        group: String,
    },
    #[error("the operator's program is called {program}, and PROJECT's project {project}")]
    Name { program: String, project: String },
    #[error("two controllers are called {0}")]
    Controllers(String),
}

impl Disagreement {
    /// The way out.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Undefined { .. } => {
                "let the attributes in src/api say what PROJECT says, and manager() in src/lib.rs use api::kinds()"
            }
            Self::Name { .. } => {
                "let `projectName` in PROJECT and `name` in Cargo.toml be the same"
            }
            Self::Controllers(_) => "give one another name: #[controller(name = \"...\")]",
        }
    }
}

/// What to know where the two say the same of all kinds of PROJECT: what the code has besides.
///
/// # Errors
/// The first contradiction.
pub(crate) fn check(facts: &Facts, project: &Project) -> Result<Vec<String>, Disagreement> {
    if facts.name != project.name {
        return Err(Disagreement::Name {
            program: facts.name.clone(),
            project: project.name.clone(),
        });
    }
    let mut names = BTreeSet::new();
    if let Some(twice) = facts
        .controllers
        .iter()
        .find(|one| !names.insert(&one.name))
    {
        return Err(Disagreement::Controllers(twice.name.clone()));
    }
    let mut defined: BTreeSet<_> = facts.crds.iter().flat_map(definitions).collect();
    for own in project.own() {
        let (group, kind, version) = (own.api_group(), own.kind.clone(), own.version.clone());
        let scope = if own.api.namespaced {
            "Namespaced"
        } else {
            "Cluster"
        };
        let found = defined
            .iter()
            .find(|one| (&one.0, &one.1, &one.2) == (&group, &kind, &version));
        let Some(found) = found.cloned() else {
            return Err(Disagreement::Undefined {
                kind,
                version,
                group,
            });
        };
        if found.3 == scope {
            defined.remove(&found);
        }
    }
    let notes = defined.into_iter().map(|(group, kind, version, scope)| {
        format!("the code defines {kind} {version} of group {group} with scope {scope}, and PROJECT does not")
    });
    Ok(notes.collect())
}

/// Group, kind, version and scope of each version that a CRD defines.
fn definitions(crd: &Value) -> Vec<(String, String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let spec = &crd["spec"];
    let versions = spec["versions"].as_array().into_iter().flatten();
    versions
        .map(|version| {
            let (group, kind) = (text(&spec["group"]), text(&spec["names"]["kind"]));
            (group, kind, text(&version["name"]), text(&spec["scope"]))
        })
        .collect()
}
