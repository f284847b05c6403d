//! Whether an API server would take the definitions: its own checks of rules, defaults, patterns and all else, before
//! anything is written.

use std::collections::BTreeSet;
use std::path::Path;

use myop_controlplane::{FieldError, crd::definition};
use myop_manifests::{Definitions, Features, Spot, find_places};
use serde_json::Value;

use crate::error::Error;
use crate::excerpt::Excerpt;

/// What an API server would refuse.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// Each fault at its place in the sources.
    #[error("{}", .0.iter().map(Excerpt::line).collect::<Vec<_>>().join("\n"))]
    Shown(Vec<Excerpt>),
    /// The sources don't show where they all come from.
    #[error("{}", .0.join("\n"))]
    Told(Vec<String>),
}

/// What API servers say of a field that can be anything.
const UNTYPED: &str = "must not be empty for specified object fields";

impl Refused {
    /// The way out.
    pub(crate) fn help(&self) -> &'static str {
        if self.to_string().contains(UNTYPED) {
            "nothing was written: an API server would refuse this in the same words; a field that can be anything has `#[schemars(extend(\"x-kubernetes-preserve-unknown-fields\" = true))]`"
        } else {
            "nothing was written: an API server would refuse this in the same words"
        }
    }

    /// What is wrong with sources, at its place.
    pub(crate) fn excerpts(&self) -> &[Excerpt] {
        match self {
            Self::Shown(excerpts) => excerpts,
            Self::Told(_) => &[],
        }
    }
}

/// A definition with something wrong in it.
struct Fault {
    group: String,
    kind: String,
    version: Option<String>,
    error: FieldError,
}

/// The crate whose definitions are checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) folder: &'s Path,
    /// With which features it was read.
    pub(crate) features: &'s Features,
    /// The folder below which its files are named.
    pub(crate) below: &'s Path,
}

/// Checks the definitions of a crate's kinds.
///
/// # Errors
/// When an API server would refuse one.
pub(crate) fn check(definitions: Definitions, source: Source<'_>) -> Result<(), Error> {
    let faults = faults(definitions);
    if faults.is_empty() {
        return Ok(());
    }
    Err(refused(&faults, source).into())
}

fn faults(definitions: Definitions) -> Vec<Fault> {
    let mut faults = Vec::new();
    for mut crd in definitions.into_crds() {
        definition::fill(&mut crd);
        definition::before_create(&mut crd);
        let errors = definition::check_create(&crd).errors;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let spec = &crd["spec"];
        faults.extend(errors.into_iter().map(|error| Fault {
            group: text(&spec["group"]),
            kind: text(&spec["names"]["kind"]),
            version: version(&error.field).map(|number| text(&spec["versions"][number]["name"])),
            error,
        }));
    }
    faults
}

/// The number of the version that a path leads into, if it leads into one.
fn version(path: &str) -> Option<usize> {
    let rest = path.strip_prefix("spec.versions[")?;
    rest.split(']').next()?.parse().ok()
}

/// Each fault with its place. A fault in a type that many use is told once.
fn refused(faults: &[Fault], source: Source<'_>) -> Refused {
    let spots: Vec<_> = faults
        .iter()
        .map(|fault| Spot {
            group: &fault.group,
            kind: &fault.kind,
            version: fault.version.as_deref(),
            path: &fault.error.field,
        })
        .collect();
    // Sources that can't be read are no reason to say nothing.
    let places = find_places(source.folder, source.features, &spots).ok();
    let places = places.and_then(|places| places.into_iter().collect::<Option<Vec<_>>>());
    let Some(places) = places else {
        let told = faults.iter();
        let told = told.map(|fault| format!("{}.{}: {}", fault.kind, fault.group, fault.error));
        return Refused::Told(told.collect());
    };
    let mut seen = BTreeSet::new();
    let all = faults.iter().zip(places);
    let new = all.filter(|(fault, place)| seen.insert((place.clone(), &fault.error.detail)));
    let shown = new.map(|(fault, place)| Excerpt::new(&place, source.below, &fault.error));
    Refused::Shown(shown.collect())
}
