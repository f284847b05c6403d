//! The sources of a crate: its modules, what they are called, and where a path leads.
//!
//! [`Sources::read`] follows `mod` from the crate's roots, and goes into crates that it depends on by a path. Nothing is
//! expanded: what a macro writes is not seen.

mod cfg;
mod crates;
mod features;
mod files;
mod module;
mod packages;
mod place;
mod resolve;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use proc_macro2::Span;
use syn::Attribute;
use syn::spanned::Spanned;

pub use self::crates::ManifestError;
pub use self::features::Features;
pub(crate) use self::module::{Item, ModuleId, TypeId, TypeItem, name};
pub(crate) use self::place::Read;
pub use self::place::{Place, Unread};
pub(crate) use self::resolve::{Found, Outside};

use self::cfg::Cfg;
use self::crates::Manifest;
use self::module::Module;
use self::packages::packages;

/// The sources of a crate and of those that it depends on by a path.
#[derive(Debug)]
pub(crate) struct Sources {
    crates: Vec<Crate>,
    modules: Vec<Module>,
    types: Vec<TypeItem>,
    /// What is wrong with `#[resource]`s, `#[status]`es and `#[schema]`s.
    mistakes: Vec<(Place, myop_model::Error)>,
    /// Whether another crate is known to have something: what a `use path::*` of it brings can't be seen otherwise.
    is_known: fn(&Outside) -> bool,
}

/// A library or a program. One package can have several.
#[derive(Debug)]
struct Crate {
    manifest: Manifest,
    root: ModuleId,
    cfg: Cfg,
}

/// The sources can't be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no Cargo.toml, or none of a crate.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A crate has neither a library nor a program.
    #[error("{} has no code: neither src/lib.rs nor a program", .folder.display())]
    NoRoot {
        /// The folder of the crate.
        folder: PathBuf,
    },
    /// A file of the crate can't be read.
    #[error("cannot read {}", .file.display())]
    NotRead {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not Rust.
    #[error("{place}: {message}")]
    NoRust {
        /// Where it stops being Rust.
        place: Place,
        /// What is wrong.
        message: String,
    },
}

impl Sources {
    /// Reads the crate in a folder, as it is built with these features.
    pub(crate) fn read(
        folder: &Path,
        features: &Features,
        is_known: fn(&Outside) -> bool,
    ) -> Result<Self, SourceError> {
        let mut sources = Self {
            crates: Vec::new(),
            modules: Vec::new(),
            types: Vec::new(),
            mistakes: Vec::new(),
            is_known,
        };
        for package in packages(folder, features)? {
            sources.read_package(&package)?;
        }
        if sources.crates.is_empty() {
            return Err(SourceError::NoRoot {
                folder: folder.to_owned(),
            });
        }
        Ok(sources)
    }

    /// The types of the crate itself, in the order of their files and lines. A file can be a module of the library and of
    /// a program: what it has counts for the first of them.
    pub(crate) fn own_types(&self) -> impl Iterator<Item = TypeId> {
        let own = self.crates.first().map(|first| &first.manifest.name);
        let mut owners = HashMap::new();
        for module in &self.modules {
            if Some(&self.crates[module.krate].manifest.name) == own {
                owners.entry(&module.file).or_insert(module.krate);
            }
        }
        self.types().filter(move |id| {
            let module = &self.modules[self.types[id.0].module.0];
            owners.get(&module.file) == Some(&module.krate)
        })
    }

    /// All types, those of crates that this one depends on among them.
    pub(crate) fn types(&self) -> impl Iterator<Item = TypeId> + use<> {
        (0..self.types.len()).map(TypeId)
    }

    /// The files that were read, and those that say how.
    pub(crate) fn files(&self) -> BTreeSet<PathBuf> {
        let manifests = self.crates.iter().map(|krate| krate.manifest.file.clone());
        let modules = self.modules.iter().map(|module| module.file.clone());
        manifests.chain(modules).collect()
    }

    /// The name of the package.
    pub(crate) fn package(&self) -> &str {
        &self.crates[0].manifest.package
    }

    /// The module at which the crate begins.
    pub(crate) fn root(&self) -> ModuleId {
        self.crates[0].root
    }

    /// What is wrong with `#[resource]`s, `#[status]`es and `#[schema]`s.
    pub(crate) fn mistakes(&self) -> &[(Place, myop_model::Error)] {
        &self.mistakes
    }

    pub(crate) fn type_item(&self, id: TypeId) -> &TypeItem {
        &self.types[id.0]
    }

    /// The path of a module, from the name of its crate.
    pub(crate) fn path(&self, module: ModuleId) -> &str {
        &self.modules[module.0].path
    }

    /// The file of a module.
    pub(crate) fn file(&self, module: ModuleId) -> &Path {
        &self.modules[module.0].file
    }

    /// What is known of the build of a module's crate.
    fn cfg(&self, module: ModuleId) -> &Cfg {
        &self.crates[self.modules[module.0].krate].cfg
    }

    /// The attributes of something in a module that are in force.
    pub(crate) fn attributes<'w>(
        &self,
        module: ModuleId,
        written: &'w [Attribute],
    ) -> Read<Cow<'w, [Attribute]>> {
        let there = self.cfg(module).attributes(written);
        let why = "which attributes are there is known to the build only";
        there.ok_or_else(|| self.unread(module, first(written), why))
    }

    /// Whether something in a module with these attributes is there.
    pub(crate) fn is_there(&self, module: ModuleId, written: &[Attribute]) -> Read<bool> {
        let holds = self.cfg(module).holds(written);
        let why = "whether this is there depends on a `#[cfg]` that only the build knows";
        holds.ok_or_else(|| self.unread(module, first(written), why))
    }

    /// The implementation of a trait for a type that is written out in the type's module.
    pub(crate) fn implementation(
        &self,
        module: ModuleId,
        of: &str,
        for_type: &str,
    ) -> Option<&syn::ItemImpl> {
        let key = (of.to_owned(), for_type.to_owned());
        self.modules[module.0].implementations.get(&key)
    }

    /// That something at a span of a module can't be read, and why.
    pub(crate) fn unread(
        &self,
        module: ModuleId,
        span: Span,
        why: impl Into<String>,
    ) -> Box<Unread> {
        Box::new(Unread {
            place: Place::of(self.file(module).to_owned(), span),
            why: why.into(),
        })
    }
}

/// Where attributes begin.
fn first(attributes: &[Attribute]) -> Span {
    attributes
        .first()
        .map_or_else(Span::call_site, Spanned::span)
}
