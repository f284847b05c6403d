//! Whether PROJECT and the code say the same of the kinds.

use std::collections::BTreeSet;

use myop_manifests::{CrdFile, Facts};
use serde_json::Value;

use crate::project::{Project, Resource};

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

/// What to know where the two say the same of all kinds of PROJECT: what the code has besides. Of the kinds that are
/// unchanged there are files alone.
///
/// # Errors
/// The first contradiction.
pub(crate) fn check<'f>(
    facts: &Facts,
    unchanged: impl IntoIterator<Item = &'f CrdFile>,
    project: &Project,
) -> Result<Vec<String>, Disagreement> {
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
    let unchanged = unchanged.into_iter().flat_map(definitions_in);
    let defined = facts.crds.iter().flat_map(definitions).chain(unchanged);
    let mut defined: BTreeSet<_> = defined.collect();
    for own in project.own().map(definition_of) {
        if !defined.iter().any(|one| one.is_of(&own)) {
            return Err(Disagreement::Undefined {
                kind: own.kind,
                version: own.version,
                group: own.group,
            });
        }
        defined.remove(&own);
    }
    let notes = defined.into_iter().map(|one| {
        format!(
            "the code defines {} {} of group {} with scope {}, and PROJECT does not",
            one.kind, one.version, one.group, one.scope
        )
    });
    Ok(notes.collect())
}

/// A version of a kind, as it is defined.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Definition {
    group: String,
    kind: String,
    version: String,
    scope: String,
}

impl Definition {
    /// Whether it is of the same version of the same kind.
    fn is_of(&self, other: &Self) -> bool {
        self.group == other.group && self.kind == other.kind && self.version == other.version
    }
}

/// What PROJECT says.
fn definition_of(own: &Resource) -> Definition {
    let scope = if own.api.namespaced {
        "Namespaced"
    } else {
        "Cluster"
    };
    Definition {
        group: own.api_group(),
        kind: own.kind.clone(),
        version: own.version.clone(),
        scope: scope.to_owned(),
    }
}

/// What a CRD says, of each of its versions.
fn definitions(crd: &Value) -> Vec<Definition> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let spec = &crd["spec"];
    let versions = spec["versions"].as_array().into_iter().flatten();
    versions
        .map(|version| Definition {
            group: text(&spec["group"]),
            kind: text(&spec["names"]["kind"]),
            version: text(&version["name"]),
            scope: text(&spec["scope"]),
        })
        .collect()
}

/// What the file of one says.
fn definitions_in(crd: &CrdFile) -> impl Iterator<Item = Definition> {
    crd.versions.iter().map(|version| Definition {
        group: crd.group().to_owned(),
        kind: crd.kind().to_owned(),
        version: version.clone(),
        scope: crd.scope.clone(),
    })
}
