//! A module: what its items are called, and what it takes in from elsewhere.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::PathBuf;

use syn::{Attribute, Expr, ItemEnum, ItemFn, ItemImpl, ItemStruct, ItemType, Type, UseTree};

/// A module, by its place among all that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ModuleId(pub(super) usize);

/// A type that a crate has, by its place among all that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TypeId(pub(super) usize);

/// A module.
#[derive(Debug)]
pub(crate) struct Module {
    pub(super) krate: usize,
    /// The path by which other crates would speak of it.
    pub(super) path: String,
    pub(super) parent: Option<ModuleId>,
    pub(super) file: PathBuf,
    pub(super) folder: Folder,
    /// What it has, once somebody has asked: until then its file is not read.
    pub(super) names: OnceCell<Names>,
}

/// Where the files of a module's modules are.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    /// The folder of those that are named by their own name.
    pub(super) of_modules: PathBuf,
    /// The folder that a `#[path]` counts from.
    pub(super) of_paths: PathBuf,
}

/// What a module has.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) modules: HashMap<String, ModuleId>,
    pub(super) types: HashMap<String, Vec<TypeId>>,
    /// The types of kinds, which kube's derive makes beside those of their specs.
    pub(super) kinds: HashMap<String, TypeId>,
    pub(super) functions: HashMap<String, ItemFn>,
    pub(super) constants: HashMap<String, Constant>,
    /// What is written out by hand where a derive could be: implementations of a trait, by trait and type.
    pub(super) implementations: HashMap<(String, String), ItemImpl>,
    /// What `use` brings in, by the name that it has here.
    pub(super) uses: HashMap<String, UsePath>,
    /// What `use path::*` takes from.
    pub(super) globs: Vec<UsePath>,
}

/// A constant and its type.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) kind: Type,
    pub(crate) value: Expr,
}

/// The path of a `use`.
#[derive(Clone, Debug)]
pub(super) struct UsePath {
    pub(super) segments: Vec<String>,
    /// Whether it begins at a crate, by `::`.
    pub(super) from_crate: bool,
}

/// A type as it is written.
#[derive(Debug)]
pub(crate) enum Item {
    Struct(ItemStruct),
    Enum(ItemEnum),
    Alias(ItemType),
}

/// A type with its module.
#[derive(Debug)]
pub(crate) struct TypeItem {
    pub(crate) module: ModuleId,
    pub(crate) item: Item,
    /// Whether it is there, or `None` where a `#[cfg]` leaves that open.
    pub(crate) is_there: Option<bool>,
}

impl Item {
    pub(crate) fn attributes(&self) -> &[Attribute] {
        match self {
            Self::Struct(item) => &item.attrs,
            Self::Enum(item) => &item.attrs,
            Self::Alias(item) => &item.attrs,
        }
    }

    pub(crate) fn name(&self) -> &syn::Ident {
        match self {
            Self::Struct(item) => &item.ident,
            Self::Enum(item) => &item.ident,
            Self::Alias(item) => &item.ident,
        }
    }

    pub(crate) fn generics(&self) -> &syn::Generics {
        match self {
            Self::Struct(item) => &item.generics,
            Self::Enum(item) => &item.generics,
            Self::Alias(item) => &item.generics,
        }
    }
}

impl Folder {
    pub(super) fn of(of_modules: PathBuf, of_paths: PathBuf) -> Self {
        Self {
            of_modules,
            of_paths,
        }
    }
}

impl Names {
    /// Takes in what a `use` brings.
    pub(super) fn take_use(&mut self, item: &syn::ItemUse) {
        let path = UsePath {
            segments: Vec::new(),
            from_crate: item.leading_colon.is_some(),
        };
        self.take_tree(&item.tree, path);
    }

    fn take_tree(&mut self, tree: &UseTree, mut path: UsePath) {
        match tree {
            UseTree::Path(part) => {
                path.segments.push(name(&part.ident));
                self.take_tree(&part.tree, path);
            }
            UseTree::Name(last) if last.ident == "self" => self.bind(None, path),
            UseTree::Name(last) => {
                path.segments.push(name(&last.ident));
                self.bind(None, path);
            }
            UseTree::Rename(last) => {
                if last.ident != "self" {
                    path.segments.push(name(&last.ident));
                }
                self.bind(Some(name(&last.rename)), path);
            }
            UseTree::Glob(_) => self.globs.push(path),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take_tree(tree, path.clone());
                }
            }
        }
    }

    fn bind(&mut self, name: Option<String>, path: UsePath) {
        let Some(name) = name.or_else(|| path.segments.last().cloned()) else {
            return;
        };
        self.uses.insert(name, path);
    }
}

/// A name, without the `r#` of one that is a keyword otherwise.
pub(crate) fn name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    match name.strip_prefix("r#") {
        Some(bare) => bare.to_owned(),
        None => name,
    }
}
