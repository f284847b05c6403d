//! What a Cargo.toml says of a crate that matters to how its sources are read.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml_edit::{Document, DocumentMut, Item, Table, TableLike};

use super::features::{self, Features};

/// A crate as its Cargo.toml has it.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Manifest {
    /// Itself.
    pub(crate) file: PathBuf,
    /// The name of the package.
    pub(crate) package: String,
    /// The name by which code speaks of its library.
    pub(crate) name: String,
    /// The files at which its library and programs begin, those that are there.
    pub(crate) roots: Vec<PathBuf>,
    /// The features that it has.
    pub(crate) features: features::Table,
    /// What it depends on, by the name that the crate has in code.
    pub(crate) dependencies: BTreeMap<String, Dependency>,
}

/// A crate that another depends on.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Dependency {
    /// The name of its library in its own code, which is the package's unless that says otherwise.
    pub(crate) package: String,
    /// The name under which it is depended on, as Cargo.toml has it.
    pub(crate) written: String,
    /// The folder in which its sources are, where it is no crate of a registry.
    pub(crate) folder: Option<PathBuf>,
    /// What is asked for of its features.
    pub(crate) features: Features,
}

/// There is no Cargo.toml that can be read.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not there, or the system does not let it be read.
    #[error("cannot read {}", .file.display())]
    NotRead {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no TOML.
    #[error("{} is no TOML", .file.display())]
    NoToml {
        /// The file.
        file: PathBuf,
        /// Why.
        source: Box<toml_edit::TomlError>,
    },
    /// It is that of a workspace, which has no code of its own.
    #[error("{} has no [package]: name the folder of one of its crates", .file.display())]
    NoPackage {
        /// The file.
        file: PathBuf,
    },
    /// A feature is asked for that it does not have.
    #[error("the crate {package} has no feature `{feature}`; {help}")]
    NoFeature {
        /// The name of the package.
        package: String,
        /// The feature.
        feature: String,
        /// Which there are, or which was meant.
        help: String,
    },
}

impl Manifest {
    /// Reads the Cargo.toml of a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, ManifestError> {
        let file = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&file).map_err(|source| ManifestError::NotRead {
            file: file.clone(),
            source,
        })?;
        let document = Document::parse(text).map_err(|source| ManifestError::NoToml {
            file: file.clone(),
            source: Box::new(source),
        })?;
        let Some(package) = document.get("package").and_then(Item::as_table_like) else {
            return Err(ManifestError::NoPackage { file });
        };
        let package_name = text_of(package, "name").unwrap_or_default();
        let library = document.get("lib").and_then(Item::as_table_like);
        let name = library.and_then(|library| text_of(library, "name"));
        let mut dependencies = BTreeMap::new();
        let shared = LazyCell::new(|| Shared::of(folder));
        if let Some(table) = document.get("dependencies").and_then(Item::as_table_like) {
            for (name, item) in table.iter() {
                let dependency = if is_flag(item, "workspace") {
                    shared.dependency(name, item)
                } else {
                    Dependency::read(name, item, folder)
                };
                dependencies.insert(in_code(name), dependency);
            }
        }
        Ok(Self {
            file: file.clone(),
            name: in_code(name.as_deref().unwrap_or(&package_name)),
            package: package_name,
            roots: roots(folder, library, document.get("bin")),
            features: features::Table::read(
                document.get("features"),
                optional(document.as_table()),
            ),
            dependencies,
        })
    }

    /// Whether it has the features that are asked for.
    pub(super) fn check_features(&self, asked: &Features) -> Result<(), ManifestError> {
        let Some(feature) = self.features.missing(asked) else {
            return Ok(());
        };
        let names: Vec<_> = self.features.names().collect();
        let help = match myop_model::nearest(feature, names.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if names.is_empty() => "it has none".to_owned(),
            None => format!("it has {}", names.join(", ")),
        };
        Err(ManifestError::NoFeature {
            package: self.package.clone(),
            feature: feature.to_owned(),
            help,
        })
    }
}

impl Dependency {
    fn read(name: &str, item: &Item, folder: &Path) -> Self {
        let table = item.as_table_like();
        let said = |key| table.and_then(|table| text_of(table, key));
        let default = table.and_then(|table| table.get("default-features"));
        Self {
            package: in_code(said("package").as_deref().unwrap_or(name)),
            written: name.to_owned(),
            folder: said("path").map(|path| folder.join(path)),
            features: Features {
                named: named_features(item),
                all: false,
                no_default: default.and_then(Item::as_bool) == Some(false),
            },
        }
    }
}

/// The features that a dependency is written with.
fn named_features(item: &Item) -> BTreeSet<String> {
    let table = item.as_table_like();
    let named = table.and_then(|table| table.get("features")?.as_array());
    let named = named.into_iter().flatten();
    named
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect()
}

/// What the crates of a workspace share, with the folder that its paths count from.
#[derive(Default)]
struct Shared {
    folder: PathBuf,
    dependencies: Table,
}

impl Shared {
    /// Of the workspace around a folder. One that can't be read shares nothing: cargo says why.
    fn of(folder: &Path) -> Self {
        let folder = std::path::absolute(folder).unwrap_or_default();
        let mut workspaces = folder.ancestors().filter_map(|root| {
            let text = std::fs::read_to_string(root.join("Cargo.toml")).ok()?;
            let document: DocumentMut = text.parse().ok()?;
            let workspace = document.get("workspace")?;
            let dependencies = workspace.get("dependencies").and_then(Item::as_table);
            Some(Self {
                folder: root.to_owned(),
                dependencies: dependencies.cloned().unwrap_or_default(),
            })
        });
        workspaces.next().unwrap_or_default()
    }

    /// A dependency that is the workspace's, with what a crate says of it beside that.
    fn dependency(&self, name: &str, own: &Item) -> Dependency {
        let item = self.dependencies.get(name).unwrap_or(&Item::None);
        let mut dependency = Dependency::read(name, item, &self.folder);
        dependency.features.named.extend(named_features(own));
        dependency.features.no_default &= !is_flag(own, "default-features");
        dependency
    }
}

/// The dependencies of a crate that are optional, whatever they are there for.
fn optional(manifest: &dyn TableLike) -> Vec<String> {
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(TableLike::iter);
    let targets = targets.filter_map(|(_, target)| target.as_table_like());
    let tables = targets.chain([manifest]).flat_map(|table| {
        ["dependencies", "build-dependencies"].map(|name| table.get(name)?.as_table_like())
    });
    let dependencies = tables.flatten().flat_map(TableLike::iter);
    let optional = dependencies.filter(|(_, item)| is_flag(item, "optional"));
    optional.map(|(name, _)| name.to_owned()).collect()
}

/// Whether a dependency has a key that is true: `kube = { workspace = true }`.
fn is_flag(item: &Item, key: &str) -> bool {
    let table = item.as_table_like();
    let flag = table.and_then(|table| table.get(key));
    flag.and_then(Item::as_bool) == Some(true)
}

fn text_of(table: &dyn TableLike, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

/// The name that a package has in code.
fn in_code(name: &str) -> String {
    name.replace('-', "_")
}

/// The files at which crates begin: the library's first.
fn roots(folder: &Path, library: Option<&dyn TableLike>, programs: Option<&Item>) -> Vec<PathBuf> {
    let library = library.and_then(|library| text_of(library, "path"));
    let mut roots = vec![folder.join(library.as_deref().unwrap_or("src/lib.rs"))];
    roots.push(folder.join("src/main.rs"));
    roots.extend(found_programs(&folder.join("src/bin")));
    let programs = programs.and_then(Item::as_array_of_tables);
    for program in programs.into_iter().flatten() {
        let path = text_of(program, "path").map(|path| folder.join(path));
        roots.extend(path.filter(|path| !roots.contains(path)));
    }
    roots.retain(|root| root.is_file());
    roots
}

/// The programs that cargo finds by where they lie: `one.rs` and `other/main.rs`.
fn found_programs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|entry| entry.path())
        .map(|path| {
            if path.is_dir() {
                path.join("main.rs")
            } else {
                path
            }
        })
        .filter(|path| path.extension().is_some_and(|is| is == "rs"))
        .collect();
    found.sort();
    found
}
