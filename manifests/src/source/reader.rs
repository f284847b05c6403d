//! What is in a file.

use std::cell::OnceCell;
use std::path::Path;
use std::rc::Rc;

use myop_model::{Resource, Schema, Status};
use syn::{Attribute, Expr, Meta, Type};

use super::Sources;
use super::cfg::Cfg;
use super::files::{module_file, without_steps};
use super::module::{Constant, Folder, Item, Module, ModuleId, Names, TypeId, TypeItem, name};
use super::place::Place;
use super::trees::{self, FileId, KindNames};
use crate::meta;

/// A file that is being read.
pub(super) struct Reader<'s> {
    sources: &'s Sources,
    file: FileId,
    types: Vec<Rc<TypeItem>>,
}

impl<'s> Reader<'s> {
    /// Reads a module whose file has these items: what it has, and the trees of the types in the file.
    pub(super) fn read(
        sources: &'s Sources,
        file: FileId,
        id: ModuleId,
        items: Vec<syn::Item>,
    ) -> (Names, Vec<Rc<TypeItem>>) {
        let mut reader = Self {
            sources,
            file,
            types: Vec::new(),
        };
        let names = reader.names(id, items);
        (names, reader.types)
    }

    /// What a module has whose items these are.
    fn names(&mut self, id: ModuleId, items: Vec<syn::Item>) -> Names {
        let mut names = Names::default();
        for item in items {
            match item {
                syn::Item::Struct(item) => self.add_type(id, Item::Struct(item), &mut names),
                syn::Item::Enum(item) => self.add_type(id, Item::Enum(item), &mut names),
                syn::Item::Type(item) => self.add_type(id, Item::Alias(item), &mut names),
                syn::Item::Mod(item) => self.add_module(id, item, &mut names),
                item => self.add_other(id, item, &mut names),
            }
        }
        names
    }

    fn add_other(&self, id: ModuleId, item: syn::Item, names: &mut Names) {
        let cfg = self.sources.cfg(id);
        let holds = |attributes: &[Attribute]| cfg.holds(attributes) != Some(false);
        match item {
            syn::Item::Use(item) if holds(&item.attrs) => names.take_use(&item),
            syn::Item::Fn(item) if holds(&item.attrs) && item.sig.inputs.len() <= 1 => {
                names.functions.insert(name(&item.sig.ident), item);
            }
            syn::Item::Const(item) if holds(&item.attrs) => {
                add_constant(&item.ident, item.ty, item.expr, names);
            }
            syn::Item::Static(item) if holds(&item.attrs) => {
                add_constant(&item.ident, item.ty, item.expr, names);
            }
            syn::Item::Impl(item) if holds(&item.attrs) => add_implementation(item, names),
            _ => {}
        }
    }

    fn add_type(&mut self, id: ModuleId, item: Item, names: &mut Names) {
        let sources = self.sources;
        let start = item.name().span().start();
        let (item, errors) = plain(item, sources.has_myop(id));
        let file = sources.file(id);
        let place = |error: &myop_model::Error| Place::of(file.to_owned(), error.span());
        let mistakes = errors.into_iter().map(|error| (place(&error), error));
        sources.mistakes.borrow_mut().extend(mistakes);
        let is_there = sources.cfg(id).holds(item.attributes());
        if is_there == Some(false) {
            return;
        }
        let called = name(item.name());
        let type_id = TypeId(sources.types.len());
        sources.types.push(Box::new(trees::Type {
            module: id,
            file: self.file,
            start,
            is_there,
            kind: kind_names(sources.cfg(id), &item),
        }));
        self.types.push(Rc::new(TypeItem {
            module: id,
            item,
            is_there,
        }));
        let kind = sources.root_of(type_id);
        names.types.entry(called).or_default().push(type_id);
        names
            .kinds
            .extend(kind.map(|kind| (kind.to_owned(), type_id)));
    }

    fn add_module(&mut self, parent: ModuleId, item: syn::ItemMod, names: &mut Names) {
        let sources = self.sources;
        let cfg = sources.cfg(parent);
        if cfg.holds(&item.attrs) == Some(false) {
            return;
        }
        let within = &sources.modules[parent.0];
        let written = cfg.attributes(&item.attrs).unwrap_or_default();
        let path = path_attribute(&written);
        let path = path.map(|path| without_steps(&within.folder.of_paths.join(path)));
        let called = name(&item.ident);
        let own_folder = within.folder.of_modules.join(&called);
        let (file, folder) = match (&item.content, path) {
            (Some(_), path) => {
                let folder = path.unwrap_or(own_folder);
                (within.file.clone(), Folder::of(folder.clone(), folder))
            }
            (None, Some(file)) => {
                let folder = file.parent().unwrap_or(Path::new("")).to_owned();
                (file, Folder::of(folder.clone(), folder))
            }
            (None, None) => {
                let file = module_file(&own_folder);
                let folder = file.parent().unwrap_or(Path::new("")).to_owned();
                (file, Folder::of(own_folder, folder))
            }
        };
        if item.content.is_none() && sources.is_open(parent, &file) {
            return;
        }
        let id = sources.add_module(Module {
            krate: within.krate,
            path: format!("{}::{called}", within.path),
            parent: Some(parent),
            file,
            folder,
            names: OnceCell::new(),
        });
        names.modules.insert(called, id);
        if let Some((_, items)) = item.content {
            let own = self.names(id, items);
            sources.modules[id.0].names.get_or_init(|| own);
        }
    }
}

fn add_constant(ident: &syn::Ident, kind: Box<Type>, value: Box<Expr>, names: &mut Names) {
    let constant = Constant {
        kind: *kind,
        value: *value,
    };
    names.constants.insert(name(ident), constant);
}

/// Implementations by hand matter where they take the place of a derive.
fn add_implementation(item: syn::ItemImpl, names: &mut Names) {
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
        names.implementations.insert(key, item);
    }
}

/// What `#[kube(...)]` says of names.
fn kind_names(cfg: &Cfg, item: &Item) -> Option<KindNames> {
    let attributes = cfg.attributes(item.attributes())?;
    let Ok(metas) = meta::of_kube(&attributes) else {
        // What is wrong with them is told where the kind is read, which must be found for that.
        return Some(KindNames {
            kind: Some(name(item.name())),
            root: None,
        });
    };
    let said = |wanted: &str| {
        let meta = metas.iter().find(|meta| meta.path().is_ident(wanted))?;
        meta::text(meta)
    };
    (!metas.is_empty()).then(|| KindNames {
        kind: said("kind"),
        root: said("root"),
    })
}

/// A type as it is written out for kube where it has one of myop's attributes, and what is wrong with that.
pub(super) fn plain(item: Item, has_myop: bool) -> (Item, Vec<myop_model::Error>) {
    let Item::Struct(mut item) = item else {
        return (item, Vec::new());
    };
    let Some((at, ours)) = ours(&item.attrs, has_myop) else {
        return (Item::Struct(item), Vec::new());
    };
    let attribute = item.attrs.remove(at);
    let arguments = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => proc_macro2::TokenStream::new(),
    };
    let whole = syn::Item::Struct(item.clone());
    let (plain, errors) = match ours {
        Ours::Resource => {
            let reading = Resource::read(arguments, &whole);
            (reading.meaning.map(Resource::plain), reading.errors)
        }
        Ours::Status => {
            let reading = Status::read(arguments, &whole);
            let plain = reading.meaning.map(|status| status.plain().0);
            (plain, reading.errors)
        }
        Ours::Schema => {
            let reading = Schema::read(arguments, &whole);
            (reading.meaning.map(Schema::plain), reading.errors)
        }
    };
    (Item::Struct(plain.unwrap_or(item)), errors)
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

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let is_path = |attribute: &&Attribute| attribute.path().is_ident("path");
    attributes
        .iter()
        .filter(is_path)
        .find_map(|attribute| meta::text(&attribute.meta))
}
