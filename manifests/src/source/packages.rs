//! The packages whose sources can say something of a crate's kinds: its own, and those that it depends on by a path, if they
//! can hold types of a kind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::crates::{Manifest, ManifestError};
use super::features::Features;

/// A package.
#[derive(Hash)]
pub(super) struct Package {
    pub(super) manifest: Manifest,
    /// The features that are on.
    pub(super) features: BTreeSet<String>,
}

/// The package in a folder, first of all, and those that it depends on. As cargo has it, one has all features that some
/// other asks of it.
pub(super) fn packages(folder: &Path, asked: &Features) -> Result<Vec<Package>, ManifestError> {
    let manifest = Manifest::read(folder)?;
    manifest.check_features(asked)?;
    let mut all = vec![(manifest, asked.clone())];
    let mut next = vec![0];
    while let Some(at) = next.pop() {
        for (name, folder, asked) in asked_by(&all[at]) {
            let known = all.iter().position(|(known, _)| known.name == name);
            if let Some(known) = known {
                if all[known].1.merge(&asked) {
                    next.push(known);
                }
            } else if let Ok(manifest) = Manifest::read(&folder)
                && manifest.dependencies.contains_key("schemars")
            {
                next.push(all.len());
                all.push((manifest, asked));
            }
        }
    }
    let packages = all.into_iter().map(|(manifest, asked)| Package {
        features: manifest.features.on(&asked).own,
        manifest,
    });
    Ok(packages.collect())
}

/// The libraries that a package depends on by a path: their names, their folders, and what it asks of them.
fn asked_by((manifest, asked): &(Manifest, Features)) -> Vec<(String, PathBuf, Features)> {
    let on = manifest.features.on(asked);
    let dependencies = manifest.dependencies.values();
    let by_path = dependencies.filter_map(|dependency| {
        let mut asked = dependency.features.clone();
        asked.named.extend(on.of(&dependency.written));
        Some((
            dependency.package.clone(),
            dependency.folder.clone()?,
            asked,
        ))
    });
    by_path.collect()
}
