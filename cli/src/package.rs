//! The cargo package that a new project finds in its folder.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TomlError};

use crate::tree::{Disk, ReadError, Tree as _};

/// The manifest's name.
pub(crate) const FILE: &str = "Cargo.toml";

/// A cargo package that becomes an operator.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    manifest: DocumentMut,
    pub(crate) name: String,
}

/// The Cargo.toml of the folder can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("cannot understand {}", .path.display())]
    Malformed { path: PathBuf, source: TomlError },
    #[error("{} is that of a workspace, and of no package", .path.display())]
    Virtual { path: PathBuf },
}

/// What a manifest lacked and was given, and what it has otherwise than myop needs it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Additions {
    pub(crate) added: Vec<String>,
    pub(crate) differing: Vec<String>,
}

impl Package {
    /// The package in a folder, if there is one.
    ///
    /// # Errors
    /// When its Cargo.toml can't be understood.
    pub(crate) fn in_folder(disk: &Disk) -> Result<Option<Self>, PackageError> {
        let Some(text) = disk.read(Path::new(FILE))? else {
            return Ok(None);
        };
        let path = disk.root().join(FILE);
        let manifest: DocumentMut = text.parse().map_err(|source| PackageError::Malformed {
            path: path.clone(),
            source,
        })?;
        let name = name_in(&manifest).ok_or(PackageError::Virtual { path })?;
        Ok(Some(Self { manifest, name }))
    }

    /// Whether it is the root of a cargo workspace, so that none around it matters.
    pub(crate) fn is_workspace(&self) -> bool {
        self.manifest.contains_key("workspace")
    }

    /// What a project of myop's has otherwise, in words.
    pub(crate) fn peculiarities(&self) -> Vec<String> {
        let package = |key: &str| {
            self.manifest
                .get("package")
                .and_then(|package| package.get(key))
        };
        let library = |key: &str| {
            self.manifest
                .get("lib")
                .and_then(|library| library.get(key))
        };
        let mut notes = Vec::new();
        let is_old = |edition: &str| edition < "2021";
        if package("edition").and_then(Item::as_str).is_none_or(is_old) {
            notes.push(
                "first mend your Cargo.toml: the code is written for edition 2021 or later"
                    .to_owned(),
            );
        }
        if library("name").or_else(|| library("path")).is_some() {
            notes.push("your Cargo.toml has a [lib] of its own: the code that is made names the library by the package, and lies in src/lib.rs".to_owned());
        }
        if self.manifest.contains_key("bin") && package("default-run").is_none() {
            notes.push(format!("your Cargo.toml has a [[bin]]: `myop manifests` runs the program that `default-run = \"{}\"` names", self.name));
        }
        notes
    }

    /// Its manifest with each dependency that `project`, the manifest of a new project, has besides.
    pub(crate) fn with_dependencies_of(&self, project: &str) -> (String, Additions) {
        let project: DocumentMut = project.parse().unwrap_or_default();
        let mut manifest = self.manifest.clone();
        let mut additions = Additions::default();
        for table in ["dependencies", "dev-dependencies"] {
            let wanted = project.get(table).and_then(Item::as_table_like);
            for (name, wanted) in wanted.into_iter().flat_map(|wanted| wanted.iter()) {
                let there = manifest.get(table).and_then(|table| table.get(name));
                if let Some(there) = there {
                    additions.differing.extend(difference(name, there, wanted));
                } else {
                    manifest
                        .entry(table)
                        .or_insert(Item::Table(Table::new()))
                        .as_table_like_mut()
                        .map(|table| table.insert(name, wanted.clone()));
                    additions.added.push(name.to_owned());
                }
            }
        }
        (manifest.to_string(), additions)
    }
}

/// The name of the package that a manifest is of, if it is one's.
pub(crate) fn name_in(manifest: &DocumentMut) -> Option<String> {
    let package = manifest.get("package")?;
    package.get("name")?.as_str().map(str::to_owned)
}

/// How a dependency differs from what is wanted, in words.
fn difference(name: &str, there: &Item, wanted: &Item) -> Option<String> {
    let (found, needed) = (version(there)?, version(wanted)?);
    let lacking: Vec<_> = features(wanted)
        .into_iter()
        .filter(|feature| !features(there).contains(feature))
        .collect();
    if found != needed && !found.starts_with(&format!("{needed}.")) {
        Some(format!("{name} is {found} there, and myop needs {needed}"))
    } else if !lacking.is_empty() {
        Some(format!(
            "{name} lacks the features {} there",
            lacking.join(", ")
        ))
    } else {
        None
    }
}

/// A dependency's version, where it has one of its own.
fn version(dependency: &Item) -> Option<String> {
    let version = dependency.as_str();
    let version = version.or_else(|| dependency.get("version").and_then(Item::as_str));
    version.map(|version| version.trim_start_matches(['^', '=', ' ']).to_owned())
}

fn features(dependency: &Item) -> Vec<String> {
    let features = dependency.get("features").and_then(Item::as_array);
    let features = features.into_iter().flatten();
    features
        .filter_map(|feature| feature.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_added_and_what_differs_is_told() {
        let text = "\
[package]
name = \"mine\"

[dependencies]
# Ours.
kube = { version = \"0.99\", features = [\"client\"] }
serde = \"1.0.200\"
";
        let package = Package {
            manifest: text.parse().unwrap(),
            name: "mine".into(),
        };
        let project = "\
[dependencies]
kube = { version = \"5\", features = [\"client\", \"derive\"] }
myop = \"0.1\"
serde = { version = \"1\", features = [\"derive\"] }

[dev-dependencies]
myop = { version = \"0.1\", features = [\"testing\"] }
";
        let (with, additions) = package.with_dependencies_of(project);
        assert_eq!(
            with,
            text.to_owned()
                + "myop = \"0.1\"\n\n[dev-dependencies]\nmyop = { version = \"0.1\", features = [\"testing\"] }\n"
        );
        assert_eq!(additions.added, ["myop", "myop"]);
        assert_eq!(
            additions.differing,
            [
                "kube is 0.99 there, and myop needs 5",
                "serde lacks the features derive there"
            ]
        );
    }
}
