//! What a Cargo.toml says of a crate that matters to how its sources are read.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use toml_edit::{Document, DocumentMut, Item, Table, TableLike};

/// A crate as its Cargo.toml has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// Itself.
    pub(crate) file: PathBuf,
    /// The name of the package.
    pub(crate) package: String,
    /// The name by which code speaks of its library.
    pub(crate) name: String,
    /// The files at which its library and programs begin, those that are there.
    pub(crate) roots: Vec<PathBuf>,
    /// The features that are on by default.
    pub(crate) features: BTreeSet<String>,
    /// What it depends on, by the name that the crate has in code.
    pub(crate) dependencies: HashMap<String, Dependency>,
}

/// A crate that another depends on.
#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    /// The name of its library in its own code, which is the package's unless that says otherwise.
    pub(crate) package: String,
    /// The folder in which its sources are, where it is no crate of a registry.
    pub(crate) folder: Option<PathBuf>,
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
        let mut dependencies = HashMap::new();
        let shared = LazyCell::new(|| Shared::of(folder));
        if let Some(table) = document.get("dependencies").and_then(Item::as_table_like) {
            for (name, item) in table.iter() {
                let dependency = if is_inherited(item) {
                    shared.dependency(name)
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
            features: features(document.get("features")),
            dependencies,
        })
    }
}

impl Dependency {
    fn read(name: &str, item: &Item, folder: &Path) -> Self {
        let table = item.as_table_like();
        let said = |key| table.and_then(|table| text_of(table, key));
        Self {
            package: in_code(said("package").as_deref().unwrap_or(name)),
            folder: said("path").map(|path| folder.join(path)),
        }
    }
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

    fn dependency(&self, name: &str) -> Dependency {
        let item = self.dependencies.get(name);
        Dependency::read(name, item.unwrap_or(&Item::None), &self.folder)
    }
}

/// Whether a dependency is the workspace's: `kube = { workspace = true }`.
fn is_inherited(item: &Item) -> bool {
    let table = item.as_table_like();
    let flag = table.and_then(|table| table.get("workspace"));
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

/// The features that are on where nobody says anything.
fn features(table: Option<&Item>) -> BTreeSet<String> {
    let mut on = BTreeSet::new();
    let Some(table) = table.and_then(Item::as_table_like) else {
        return on;
    };
    let mut next = vec!["default".to_owned()];
    while let Some(feature) = next.pop() {
        let implied = table.get(&feature).and_then(Item::as_array);
        if implied.is_some() && on.insert(feature) {
            let implied = implied.into_iter().flatten();
            next.extend(implied.filter_map(|one| one.as_str().map(str::to_owned)));
        }
    }
    on
}
