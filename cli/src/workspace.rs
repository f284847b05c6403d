//! The cargo workspace that a new project finds around it.

use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, RawString, TableLike, Value};

use crate::package::name_in;
use crate::tree::{Disk, ReadError, Tree as _};

/// A cargo workspace in a folder above a project.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    manifest: DocumentMut,
    /// The workspace's Cargo.toml.
    pub(crate) path: PathBuf,
    /// The project's folder, relative to the workspace.
    pub(crate) member: String,
}

/// The Cargo.toml of a folder above can't be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkspaceError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("cannot understand {}, in a folder above", .path.display())]
    Malformed {
        path: PathBuf,
        source: toml_edit::TomlError,
    },
}

impl Workspace {
    /// The workspace that cargo would take a project in this folder for a part of.
    ///
    /// # Errors
    /// When a Cargo.toml above can't be read.
    pub(crate) fn around(disk: &Disk) -> Result<Option<Self>, WorkspaceError> {
        let folder = disk.root();
        for root in folder.ancestors().skip(1) {
            let path = root.join("Cargo.toml");
            let Some(text) = disk.read(&path)? else {
                continue;
            };
            let manifest: DocumentMut =
                text.parse().map_err(|source| WorkspaceError::Malformed {
                    path: path.clone(),
                    source,
                })?;
            let inside = folder.strip_prefix(root).unwrap_or(folder);
            let member = inside
                .iter()
                .map(|part| part.to_string_lossy())
                .collect::<Vec<_>>()
                .join("/");
            let workspace = Self {
                manifest,
                path,
                member,
            };
            if let Some(table) = workspace.table() {
                return Ok((!excludes(table, &workspace.member)).then_some(workspace));
            }
        }
        Ok(None)
    }

    /// Its Cargo.toml with the project among the members.
    pub(crate) fn with_member(&self) -> String {
        let mut manifest = self.manifest.clone();
        let is_member = |pattern: &str| matches(pattern, &self.member);
        if !self
            .table()
            .is_some_and(|table| texts(table, "members").any(is_member))
        {
            let members =
                manifest["workspace"]["members"].or_insert(Item::Value(Array::new().into()));
            if let Some(members) = members.as_array_mut() {
                add(members, &self.member);
            }
        }
        manifest.to_string()
    }

    /// Whether it says itself where myop's sources are.
    pub(crate) fn has_patch(&self) -> bool {
        self.manifest
            .get("patch")
            .and_then(|patch| patch.get("crates-io"))
            .and_then(|patch| patch.get("myop"))
            .is_some()
    }

    /// The folder of a member, other than the project, whose package has this name.
    ///
    /// # Errors
    /// When a member can't be read.
    pub(crate) fn folder_of_package(&self, name: &str) -> Result<Option<PathBuf>, WorkspaceError> {
        let (Some(table), Some(root)) = (self.table(), self.path.parent()) else {
            return Ok(None);
        };
        let disk = Disk::new(root);
        for folder in members(table, &disk)? {
            let is_other = folder != Path::new(&self.member);
            if is_other && package_in(&folder, &disk)?.as_deref() == Some(name) {
                return Ok(Some(root.join(folder)));
            }
        }
        Ok(None)
    }

    fn table(&self) -> Option<&dyn TableLike> {
        self.manifest.get("workspace").and_then(Item::as_table_like)
    }
}

/// cargo's rule: what lies in an excluded folder is no member, unless it is named as one.
fn excludes(table: &dyn TableLike, folder: &str) -> bool {
    let excluded = texts(table, "exclude").any(|above| Path::new(folder).starts_with(above));
    excluded && !texts(table, "members").any(|member| member == folder)
}

/// The crates of the workspace in this very folder that depend on kube.
///
/// # Errors
/// When one can't be read.
pub(crate) fn crates_with_kube(disk: &Disk) -> Result<Vec<PathBuf>, ReadError> {
    let manifest = manifest_in(Path::new(""), disk)?;
    let Some(table) = manifest.get("workspace").and_then(Item::as_table_like) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for folder in members(table, disk)? {
        let manifest = manifest_in(&folder, disk)?;
        let dependencies = manifest.get("dependencies").and_then(Item::as_table_like);
        if dependencies.is_some_and(|table| table.contains_key("kube")) {
            found.push(folder);
        }
    }
    Ok(found)
}

/// The folders of a workspace's members, and its own.
fn members(table: &dyn TableLike, disk: &Disk) -> Result<Vec<PathBuf>, ReadError> {
    let mut folders = vec![PathBuf::new()];
    for pattern in texts(table, "members") {
        folders.extend(folders_like(pattern, disk)?);
    }
    folders.retain(|folder| !excludes(table, &folder.to_string_lossy()));
    Ok(folders)
}

/// The folders that a pattern of members means.
fn folders_like(pattern: &str, disk: &Disk) -> Result<Vec<PathBuf>, ReadError> {
    let mut folders = vec![PathBuf::new()];
    for part in pattern.trim_end_matches('/').split('/') {
        let above = std::mem::take(&mut folders);
        for folder in above {
            if part.contains('*') {
                let is_like = |folder: &PathBuf| {
                    let name = folder.file_name().unwrap_or_default();
                    matches_part(part, &name.to_string_lossy())
                };
                folders.extend(disk.folders_in(&folder)?.into_iter().filter(is_like));
            } else {
                folders.push(folder.join(part));
            }
        }
    }
    Ok(folders)
}

/// The name of the package in a folder.
fn package_in(folder: &Path, disk: &Disk) -> Result<Option<String>, ReadError> {
    Ok(name_in(&manifest_in(folder, disk)?))
}

/// The Cargo.toml of a folder. Of one that can't be understood cargo will tell.
fn manifest_in(folder: &Path, disk: &Disk) -> Result<DocumentMut, ReadError> {
    let text = disk.read(&folder.join("Cargo.toml"))?.unwrap_or_default();
    Ok(text.parse().unwrap_or_default())
}

fn texts<'a>(table: &'a dyn TableLike, key: &str) -> impl Iterator<Item = &'a str> {
    table
        .get(key)
        .and_then(Item::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Adds a member as the last one is written; a comment behind that one stays there.
fn add(members: &mut Array, member: &str) {
    let mut value = Value::from(member);
    let is_first = members.is_empty();
    let trailing = members.trailing().as_str().unwrap_or_default().to_owned();
    let last = members
        .len()
        .checked_sub(1)
        .and_then(|last| members.get_mut(last))
        .map(Value::decor_mut);
    let of_last = last.map_or_else(Default::default, |decor| {
        let text = |raw: Option<&RawString>| {
            raw.and_then(RawString::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let texts = (text(decor.prefix()), text(decor.suffix()));
        decor.set_suffix("");
        texts
    });
    let behind = of_last.1 + &trailing;
    match (of_last.0.rsplit_once('\n'), behind.rsplit_once('\n')) {
        (Some((_, indent)), Some((comment, end))) => {
            value.decor_mut().set_prefix(format!("{comment}\n{indent}"));
            members.set_trailing(format!("\n{end}"));
            members.set_trailing_comma(true);
        }
        _ if is_first => {}
        _ => value.decor_mut().set_prefix(" "),
    }
    members.push_formatted(value);
}

/// Whether a pattern of members, such as `crates/*`, means this folder.
fn matches(pattern: &str, folder: &str) -> bool {
    let (pattern, folder): (Vec<_>, Vec<_>) = (
        pattern.trim_end_matches('/').split('/').collect(),
        folder.split('/').collect(),
    );
    pattern.len() == folder.len()
        && pattern
            .iter()
            .zip(folder)
            .all(|(pattern, part)| matches_part(pattern, part))
}

fn matches_part(pattern: &str, part: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == part;
    };
    let Some(part) = part.strip_prefix(start) else {
        return false;
    };
    part.char_indices()
        .map(|(at, _)| at)
        .chain([part.len()])
        .any(|at| matches_part(rest, &part[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(manifest: &str, member: &str) -> Workspace {
        Workspace {
            manifest: manifest.parse().unwrap(),
            path: "../Cargo.toml".into(),
            member: member.into(),
        }
    }

    #[test]
    fn a_member_is_added_as_the_last_one_is_written() {
        let cases = [
            "[workspace]\nmembers = [\"a\", \"b\"] # all\n",
            "[workspace]\nmembers = [\"a\"]\n",
            "[workspace]\nmembers = [\n    # first\n    \"a\",\n    \"b\", # second\n]\n",
            "[workspace]\nmembers = [\n    \"a\",\n    \"b\"\n]\n",
            "[workspace]\nmembers = [\n    \"a\" # only\n]\n",
            "[workspace]\nmembers = []\n",
            "[workspace]\n\n[package]\nname = \"root\"\n",
            "workspace = { members = [\"a\"] }\n",
        ];
        let added: Vec<_> = cases
            .iter()
            .map(|manifest| workspace(manifest, "apps/shop").with_member())
            .collect();
        insta::assert_snapshot!(added.join("---\n"), @r#"
        [workspace]
        members = ["a", "b", "apps/shop"] # all
        ---
        [workspace]
        members = ["a", "apps/shop"]
        ---
        [workspace]
        members = [
            # first
            "a",
            "b", # second
            "apps/shop",
        ]
        ---
        [workspace]
        members = [
            "a",
            "b",
            "apps/shop",
        ]
        ---
        [workspace]
        members = [
            "a", # only
            "apps/shop",
        ]
        ---
        [workspace]
        members = ["apps/shop"]
        ---
        [workspace]
        members = ["apps/shop"]

        [package]
        name = "root"
        ---
        workspace = { members = ["a", "apps/shop"] }
        "#);
    }

    #[test]
    fn a_member_is_not_added_twice() {
        for pattern in ["shops/one", "shops/*", "*/one", "s*s/o*", "shops/one/"] {
            let manifest = format!("[workspace]\nmembers = [\"{pattern}\"]\n");
            assert_eq!(workspace(&manifest, "shops/one").with_member(), manifest);
        }
        for pattern in ["shops", "shops/*/one", "*", "o*", "shops/*x"] {
            assert!(!matches(pattern, "shops/one"), "{pattern}");
        }
    }

    #[test]
    fn an_excluded_folder_is_no_part_of_it() {
        let excludes = |manifest: &str| {
            let workspace = workspace(manifest, "apps/shop");
            excludes(workspace.table().unwrap(), &workspace.member)
        };
        assert!(excludes("[workspace]\nexclude = [\"apps\"]\n"));
        assert!(!excludes("[workspace]\nexclude = [\"app\"]\n"));
        assert!(!excludes(
            "[workspace]\nmembers = [\"apps/shop\"]\nexclude = [\"apps\"]\n"
        ));
    }

    #[test]
    fn a_package_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let packages = [
            ("libs/one", "one"),
            ("libs/old", "old"),
            ("two", "shop"),
            ("apps/shop", "mine"),
            ("elsewhere", "elsewhere"),
        ];
        for (at, name) in packages {
            std::fs::create_dir_all(root.join(at)).unwrap();
            let manifest = format!("[package]\nname = \"{name}\"\n");
            std::fs::write(root.join(at).join("Cargo.toml"), manifest).unwrap();
        }
        std::fs::create_dir(root.join("libs/empty")).unwrap();
        let manifest = "[workspace]\nmembers = [\"libs/*\", \"two\", \"apps/shop\"]\nexclude = [\"libs/old\"]\n\n[package]\nname = \"root\"\n";
        std::fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let workspace = Workspace::around(&Disk::new(root.join("apps/shop")))
            .unwrap()
            .unwrap();
        let found = |name| {
            let folder = workspace.folder_of_package(name).unwrap();
            folder.map(|folder| folder.strip_prefix(root).unwrap().display().to_string())
        };
        assert_eq!(found("one").as_deref(), Some("libs/one"));
        assert_eq!(found("shop").as_deref(), Some("two"));
        assert_eq!(found("root").as_deref(), Some(""));
        for no_other_member in ["mine", "old", "elsewhere", "libs"] {
            assert_eq!(found(no_other_member), None, "{no_other_member}");
        }
    }

    #[test]
    fn the_nearest_workspace_above_counts() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        std::fs::create_dir_all(&inner).unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "[workspace]\n").unwrap();
        std::fs::write(
            folder.path().join("a/Cargo.toml"),
            "[package]\nname = \"a\"\n",
        )
        .unwrap();
        let found = Workspace::around(&Disk::new(inner.join("shop")))
            .unwrap()
            .unwrap();
        assert_eq!(found.member, "a/b/shop");
        assert_eq!(found.path, folder.path().join("Cargo.toml"));
    }
}
