//! The files of a crate: which there are, and what is in them.

use std::path::{Component, Path, PathBuf};

use myop_model::{Resource, Schema, Status};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Meta, Token, Type};

use super::cfg::Cfg;
use super::module::{Constant, Item, Module, ModuleId, TypeId, TypeItem, name};
use super::packages::Package;
use super::place::Place;
use super::{Crate, SourceError, Sources};
use crate::meta;

/// Where the files of a module's modules are.
#[derive(Clone)]
struct Folder {
    /// The folder of those that are named by their own name.
    of_modules: PathBuf,
    /// The folder that a `#[path]` counts from.
    of_paths: PathBuf,
}

impl Sources {
    /// Reads the library of a package, and its programs.
    pub(super) fn read_package(&mut self, package: &Package) -> Result<(), SourceError> {
        let roots = package.manifest.roots.iter();
        roots.map(|root| self.read_crate(root, package)).collect()
    }

    fn read_crate(&mut self, root: &Path, package: &Package) -> Result<(), SourceError> {
        let manifest = &package.manifest;
        let cfg = Cfg {
            features: package.features.clone(),
        };
        let krate = self.crates.len();
        let id = self.add_module(Module::new(
            krate,
            manifest.name.clone(),
            None,
            root.to_owned(),
        ));
        self.crates.push(Crate {
            manifest: manifest.clone(),
            root: id,
            cfg,
        });
        let folder = root.parent().unwrap_or(Path::new("")).to_owned();
        let folder = Folder {
            of_modules: folder.clone(),
            of_paths: folder,
        };
        self.read_file(id, root, &folder)
    }

    fn add_module(&mut self, module: Module) -> ModuleId {
        self.modules.push(module);
        ModuleId(self.modules.len() - 1)
    }

    fn read_file(&mut self, id: ModuleId, file: &Path, folder: &Folder) -> Result<(), SourceError> {
        let text = std::fs::read_to_string(file).map_err(|source| SourceError::NotRead {
            file: file.to_owned(),
            source,
        })?;
        let parsed = syn::parse_file(&text).map_err(|error| SourceError::NoRust {
            place: Place::of(file.to_owned(), error.span()),
            message: error.to_string(),
        })?;
        self.read_items(id, parsed.items, folder)
    }

    fn read_items(
        &mut self,
        id: ModuleId,
        items: Vec<syn::Item>,
        folder: &Folder,
    ) -> Result<(), SourceError> {
        for item in items {
            match item {
                syn::Item::Struct(item) => {
                    let item = self.plain(id, item);
                    self.add_type(id, Item::Struct(item));
                }
                syn::Item::Enum(item) => self.add_type(id, Item::Enum(item)),
                syn::Item::Type(item) => self.add_type(id, Item::Alias(item)),
                syn::Item::Mod(item) => self.read_module(id, item, folder)?,
                item => self.read_other(id, item),
            }
        }
        Ok(())
    }

    fn read_other(&mut self, id: ModuleId, item: syn::Item) {
        let holds = |attributes: &[Attribute]| self.cfg(id).holds(attributes) != Some(false);
        match item {
            syn::Item::Use(item) if holds(&item.attrs) => self.modules[id.0].take_use(&item),
            syn::Item::Fn(item) if holds(&item.attrs) && item.sig.inputs.len() <= 1 => {
                let functions = &mut self.modules[id.0].functions;
                functions.insert(name(&item.sig.ident), item);
            }
            syn::Item::Const(item) if holds(&item.attrs) => {
                self.add_constant(id, &item.ident, item.ty, item.expr);
            }
            syn::Item::Static(item) if holds(&item.attrs) => {
                self.add_constant(id, &item.ident, item.ty, item.expr);
            }
            syn::Item::Impl(item) if holds(&item.attrs) => self.add_implementation(id, item),
            _ => {}
        }
    }

    /// A struct under `#[resource]`, `#[status]` or `#[schema]`, as it is written out for kube.
    fn plain(&mut self, id: ModuleId, mut item: syn::ItemStruct) -> syn::ItemStruct {
        let krate = &self.crates[self.modules[id.0].krate];
        let has_myop = krate.manifest.dependencies.contains_key("myop");
        let Some((at, ours)) = ours(&item.attrs, has_myop) else {
            return item;
        };
        let attribute = item.attrs.remove(at);
        let arguments = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => proc_macro2::TokenStream::new(),
        };
        let (plain, errors) = match ours {
            Ours::Resource => {
                let reading = Resource::read(arguments, &syn::Item::Struct(item.clone()));
                (reading.meaning.map(Resource::plain), reading.errors)
            }
            Ours::Status => {
                let reading = Status::read(arguments, &syn::Item::Struct(item.clone()));
                (
                    reading.meaning.map(|status| status.plain().0),
                    reading.errors,
                )
            }
            Ours::Schema => {
                let reading = Schema::read(arguments, &syn::Item::Struct(item.clone()));
                (reading.meaning.map(Schema::plain), reading.errors)
            }
        };
        let file = self.file(id).to_owned();
        let place = |error: &myop_model::Error| Place::of(file.clone(), error.span());
        self.mistakes
            .extend(errors.into_iter().map(|error| (place(&error), error)));
        plain.unwrap_or(item)
    }

    fn add_type(&mut self, id: ModuleId, item: Item) {
        let is_there = self.cfg(id).holds(item.attributes());
        if is_there == Some(false) {
            return;
        }
        let called = name(item.name());
        let type_id = TypeId(self.types.len());
        self.types.push(TypeItem {
            module: id,
            item,
            is_there,
        });
        let kind = self.root_of(type_id);
        let module = &mut self.modules[id.0];
        module.types.entry(called).or_default().push(type_id);
        module.kinds.extend(kind.map(|kind| (kind, type_id)));
    }

    /// The name of the type that is made for the kind that a type is the spec of.
    pub(crate) fn root_of(&self, id: TypeId) -> Option<String> {
        self.said_of_kind(id, "root").or_else(|| self.kind_of(id))
    }

    /// The name of the kind that a type is the spec of, if it is one.
    pub(crate) fn kind_of(&self, id: TypeId) -> Option<String> {
        self.said_of_kind(id, "kind")
    }

    /// What `#[kube(...)]` says of a name.
    fn said_of_kind(&self, id: TypeId, wanted: &str) -> Option<String> {
        let found = &self.types[id.0];
        let is_kube = |attribute: &&Attribute| attribute.path().is_ident("kube");
        let attributes = self.cfg(found.module).attributes(found.item.attributes())?;
        attributes.iter().filter(is_kube).find_map(|attribute| {
            let list = Punctuated::<Meta, Token![,]>::parse_terminated;
            let metas = attribute.parse_args_with(list).ok()?;
            let meta = metas.iter().find(|meta| meta.path().is_ident(wanted))?;
            meta::text(meta)
        })
    }

    fn add_constant(
        &mut self,
        id: ModuleId,
        ident: &syn::Ident,
        kind: Box<Type>,
        value: Box<Expr>,
    ) {
        let constant = Constant {
            kind: *kind,
            value: *value,
        };
        self.modules[id.0].constants.insert(name(ident), constant);
    }

    /// Implementations by hand matter where they take the place of a derive.
    fn add_implementation(&mut self, id: ModuleId, item: syn::ItemImpl) {
        let Some(of) = item
            .trait_
            .as_ref()
            .and_then(|(path, ..)| path.segments.last())
        else {
            return;
        };
        let of = name(&of.ident);
        if !matches!(of.as_str(), "Default" | "JsonSchema") {
            return;
        }
        if let Type::Path(path) = &*item.self_ty
            && let Some(last) = path.path.segments.last()
        {
            let key = (of, name(&last.ident));
            self.modules[id.0].implementations.insert(key, item);
        }
    }

    fn read_module(
        &mut self,
        parent: ModuleId,
        item: syn::ItemMod,
        folder: &Folder,
    ) -> Result<(), SourceError> {
        let cfg = self.cfg(parent);
        if cfg.holds(&item.attrs) == Some(false) {
            return Ok(());
        }
        let written = cfg.attributes(&item.attrs).unwrap_or_default();
        let path = path_attribute(&written).map(|path| plain(&folder.of_paths.join(path)));
        let called = name(&item.ident);
        let krate = self.modules[parent.0].krate;
        let path_in_code = format!("{}::{called}", self.modules[parent.0].path);
        let own_folder = folder.of_modules.join(&called);
        if let Some((_, items)) = item.content {
            let file = self.file(parent).to_owned();
            let id = self.add_module(Module::new(krate, path_in_code, Some(parent), file));
            self.modules[parent.0].modules.insert(called, id);
            let own_folder = path.unwrap_or(own_folder);
            let folder = Folder {
                of_modules: own_folder.clone(),
                of_paths: own_folder,
            };
            return self.read_items(id, items, &folder);
        }
        let (file, own_folder) = match path {
            Some(file) => {
                let own_folder = file.parent().unwrap_or(Path::new("")).to_owned();
                (file, own_folder)
            }
            None => (module_file(&own_folder), own_folder),
        };
        if self.is_open(parent, &file) {
            return Ok(());
        }
        let id = self.add_module(Module::new(krate, path_in_code, Some(parent), file.clone()));
        self.modules[parent.0].modules.insert(called, id);
        let folder = Folder {
            of_modules: own_folder,
            of_paths: file.parent().unwrap_or(Path::new("")).to_owned(),
        };
        self.read_file(id, &file, &folder)
    }

    /// Whether a file is one of those that led here: a `#[path]` can go in a circle.
    fn is_open(&self, from: ModuleId, file: &Path) -> bool {
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

/// The attributes that are myop's. `#[resource]` under kube's derive of `Resource` is kube's. `#[schema]` is a word of many:
/// under utoipa's derive of `ToSchema` it is utoipa's, and in a crate without myop not ours.
enum Ours {
    Resource,
    Status,
    Schema,
}

/// Which of myop's attributes there is, and where in the list.
fn ours(attributes: &[Attribute], has_myop: bool) -> Option<(usize, Ours)> {
    attributes.iter().enumerate().find_map(|(at, attribute)| {
        let mut names = attribute
            .path()
            .segments
            .iter()
            .map(|part| part.ident.to_string());
        let (first, second) = (names.next()?, names.next());
        let is_bare = second.is_none();
        let name = match second {
            Some(second) if first == "myop" => second,
            Some(_) => return None,
            None => first,
        };
        match name.as_str() {
            "resource" if !meta::derives(attributes, "Resource") => Some((at, Ours::Resource)),
            "status" => Some((at, Ours::Status)),
            "schema" if is_bare && (!has_myop || meta::derives(attributes, "ToSchema")) => None,
            "schema" => Some((at, Ours::Schema)),
            _ => None,
        }
    })
}

/// `name.rs`, or else `name/mod.rs`.
fn module_file(folder: &Path) -> PathBuf {
    let beside = folder.with_extension("rs");
    if beside.is_file() {
        return beside;
    }
    let inside = folder.join("mod.rs");
    if inside.is_file() { inside } else { beside }
}

/// A path without steps up again, so that a file has one name.
fn plain(path: &Path) -> PathBuf {
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

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let is_path = |attribute: &&Attribute| attribute.path().is_ident("path");
    attributes
        .iter()
        .filter(is_path)
        .find_map(|attribute| meta::text(&attribute.meta))
}
