//! The files of a crate: which there are.

use std::cell::OnceCell;
use std::path::{Component, Path, PathBuf};

use super::cfg::Cfg;
use super::module::{Folder, Module, ModuleId, Names, TypeId};
use super::packages::Package;
use super::place::Place;
use super::reader::Reader;
use super::trees::{FileId, Parsed};
use super::{Crate, SourceError, Sources};

impl Sources {
    /// Adds the library of a package, and its programs.
    pub(super) fn add_package(&mut self, package: &Package) {
        for root in &package.manifest.roots {
            self.add_crate(root, package);
        }
    }

    fn add_crate(&mut self, root: &Path, package: &Package) {
        let manifest = &package.manifest;
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        let root = self.add_module(Module {
            krate: self.crates.len(),
            path: manifest.name.clone(),
            parent: None,
            file: root.to_owned(),
            folder: Folder::of(folder.clone(), folder),
            names: OnceCell::new(),
        });
        self.crates.push(Crate {
            manifest: manifest.clone(),
            root,
            cfg: Cfg {
                features: package.features.clone(),
            },
        });
    }

    pub(super) fn add_module(&self, module: Module) -> ModuleId {
        self.modules.push(Box::new(module));
        ModuleId(self.modules.len() - 1)
    }

    /// Reads the file of a module.
    pub(super) fn read_module(&self, id: ModuleId) -> Result<Names, SourceError> {
        let module = &self.modules[id.0];
        let file = &module.file;
        let text = std::fs::read_to_string(file).map_err(|source| SourceError::NotRead {
            file: file.clone(),
            source,
        })?;
        let parsed = syn::parse_file(&text).map_err(|error| SourceError::NoRust {
            place: Place::of(file.clone(), error.span()),
            message: error.to_string(),
        })?;
        let bytes = text.len();
        let first = TypeId(self.types.len());
        self.texts.push(Box::new(Parsed {
            file: file.clone(),
            text,
            first,
        }));
        let file = FileId(self.texts.len() - 1);
        let (names, types) = Reader::read(self, file, id, parsed.items);
        self.trees.borrow_mut().keep(file, bytes, types);
        Ok(names)
    }

    /// The name of the type that is made for the kind that a type is the spec of.
    pub(crate) fn root_of(&self, id: TypeId) -> Option<&str> {
        let names = self.types[id.0].kind.as_ref()?;
        names.root.as_deref().or(names.kind.as_deref())
    }

    /// The name of the kind that a type is the spec of, if it is one.
    pub(crate) fn kind_of(&self, id: TypeId) -> Option<&str> {
        self.types[id.0].kind.as_ref()?.kind.as_deref()
    }

    /// Whether a file is one of those that led here: a `#[path]` can go in a circle.
    pub(super) fn is_open(&self, from: ModuleId, file: &Path) -> bool {
        let mut next = Some(from);
        while let Some(id) = next {
            let module = &self.modules[id.0];
            if module.file == file {
                return true;
            }
            next = module.parent;
        }
        false
    }
}

/// `name.rs`, or else `name/mod.rs`.
pub(super) fn module_file(folder: &Path) -> PathBuf {
    let beside = folder.with_extension("rs");
    if beside.is_file() {
        return beside;
    }
    let inside = folder.join("mod.rs");
    if inside.is_file() { inside } else { beside }
}

/// A path without steps up again, so that a file has one name.
pub(super) fn without_steps(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        let is_inside = matches!(plain.components().next_back(), Some(Component::Normal(_)));
        if part == Component::ParentDir && is_inside {
            plain.pop();
        } else {
            plain.push(part);
        }
    }
    plain
}
