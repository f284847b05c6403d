//! The sources of a crate: its modules, what they are called, and where a path leads.
//!
//! [`Sources::read`] finds the crate's roots, and those of crates that it depends on by a path. A file is read when
//! something in its module is asked for, and the syntax trees of its types are kept for a while only. Nothing is expanded:
//! what a macro writes is not seen.

mod cfg;
mod crates;
mod features;
mod files;
mod looked_at;
mod module;
mod packages;
mod place;
mod reader;
mod resolve;
mod trees;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};

use elsa::FrozenVec;
use proc_macro2::Span;
use syn::Attribute;
use syn::spanned::Spanned;

pub use self::crates::ManifestError;
pub use self::features::Features;
pub(crate) use self::looked_at::SourceFile;
pub(crate) use self::module::{Item, ModuleId, TypeId, name};
pub(crate) use self::place::Read;
pub use self::place::{Place, Unread};
pub(crate) use self::resolve::{Found, Outside};

use self::cfg::Cfg;
use self::crates::Manifest;
use self::looked_at::LookedAt;
use self::module::{Module, Names};
use self::packages::packages;
use self::trees::{Parsed, Trees, Type};
use crate::fingerprint::Fingerprint;

/// The sources of a crate and of those that it depends on by a path.
pub(crate) struct Sources {
    crates: Vec<Crate>,
    /// That of the packages of these crates, as they are built.
    packages: Fingerprint,
    modules: FrozenVec<Box<Module>>,
    /// The texts of the files that were read.
    texts: FrozenVec<Box<Parsed>>,
    types: FrozenVec<Box<Type>>,
    trees: RefCell<Trees>,
    /// What was looked at.
    looked_at: LookedAt,
    /// Why a file could not be read, the first of them.
    failure: OnceCell<SourceError>,
    /// What is wrong with `#[resource]`s, `#[status]`es and `#[schema]`s.
    mistakes: RefCell<Vec<(Place, myop_model::Error)>>,
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
    /// The crate in a folder, as it is built with these features.
    pub(crate) fn read(
        folder: &Path,
        features: &Features,
        is_known: fn(&Outside) -> bool,
    ) -> Result<Self, SourceError> {
        // Nobody asks for places in what was read before, of which a copy would be kept for them.
        proc_macro2::extra::invalidate_current_thread_spans();
        let packages = packages(folder, features)?;
        let mut sources = Self {
            crates: Vec::new(),
            packages: Fingerprint::of(&packages),
            modules: FrozenVec::new(),
            texts: FrozenVec::new(),
            types: FrozenVec::new(),
            trees: RefCell::default(),
            looked_at: LookedAt::default(),
            failure: OnceCell::new(),
            mistakes: RefCell::default(),
            is_known,
        };
        for package in &packages {
            sources.add_package(package);
        }
        if sources.crates.is_empty() {
            return Err(SourceError::NoRoot {
                folder: folder.to_owned(),
            });
        }
        Ok(sources)
    }

    /// The types of those files of the crate itself that are wanted, if the files that lead there are wanted, too: the
    /// library's, then each program's. A file can be a module of several: what it has counts for the first of them.
    pub(crate) fn own_types_in(
        &self,
        is_wanted: &dyn Fn(&Path) -> bool,
    ) -> impl Iterator<Item = TypeId> {
        let own = &self.crates[0].manifest.name;
        let crates = self.crates.iter().enumerate();
        let crates = crates.filter(move |(_, krate)| krate.manifest.name == *own);
        crates.flat_map(move |(krate, _)| {
            let is_read = move |module: &Module| module.krate == krate && is_wanted(&module.file);
            self.types_where(is_read).filter(move |id| {
                let module = &self.modules[self.types[id.0].module.0];
                let is_same = |other: &Module| other.krate < krate && other.file == module.file;
                module.krate == krate && !self.modules.iter().any(is_same)
            })
        })
    }

    /// All types, those of crates that this one depends on among them.
    pub(crate) fn types(&self) -> impl Iterator<Item = TypeId> {
        self.types_where(|_| true)
    }

    /// The types of some modules, and of all others that are read meanwhile.
    fn types_where(&self, is_wanted: impl Fn(&Module) -> bool) -> impl Iterator<Item = TypeId> {
        let (mut modules, mut types) = (0, 0);
        std::iter::from_fn(move || {
            while types == self.types.len() {
                if is_wanted(self.modules.get(modules)?) {
                    self.names(ModuleId(modules));
                }
                modules += 1;
            }
            types += 1;
            Some(TypeId(types - 1))
        })
    }

    /// What a module has. Its file is read for that, unless it is already.
    fn names(&self, module: ModuleId) -> &Names {
        self.looked_at.add_module(module);
        let names = &self.modules[module.0].names;
        names.get_or_init(|| match self.read_module(module) {
            Ok(names) => names,
            Err(failure) => {
                self.failure.get_or_init(|| failure);
                Names::default()
            }
        })
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
    pub(crate) fn mistakes(&self) -> Vec<(Place, myop_model::Error)> {
        self.mistakes.take()
    }

    /// The path of a module, from the name of its crate.
    pub(crate) fn path(&self, module: ModuleId) -> &str {
        &self.modules[module.0].path
    }

    /// The file of a module.
    pub(crate) fn file(&self, module: ModuleId) -> &Path {
        &self.modules[module.0].file
    }

    /// Whether a module's crate depends on myop.
    fn has_myop(&self, module: ModuleId) -> bool {
        let krate = &self.crates[self.modules[module.0].krate];
        krate.manifest.dependencies.contains_key("myop")
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
        self.names(module).implementations.get(&key)
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
