//! The syntax trees of types. Those of all files of a large crate would take much memory, so that a file is parsed again
//! where one of its types is asked for long after it was read.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::rc::Rc;

use proc_macro2::LineColumn;

use super::Sources;
use super::module::{Item, ModuleId, TypeId, TypeItem};
use super::reader::plain;

/// How many bytes the texts of the files have whose trees are kept.
const KEPT: usize = 64 << 10;

/// A file that was read, by its place among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId(pub(super) usize);

/// A file that was parsed.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) file: PathBuf,
    pub(super) text: String,
    /// The first of its types, behind which the others follow.
    pub(super) first: TypeId,
}

/// A type, by what is known of it without its tree.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) module: ModuleId,
    pub(super) file: FileId,
    /// Where its name stands.
    pub(super) start: LineColumn,
    /// Whether it is there, or `None` where a `#[cfg]` leaves that open.
    pub(super) is_there: Option<bool>,
    /// The names that `#[kube(...)]` gives, if it is the spec of a kind.
    pub(super) kind: Option<KindNames>,
}

/// The name of a kind, and that of the type that is made for it.
#[derive(Debug)]
pub(super) struct KindNames {
    pub(super) kind: Option<String>,
    pub(super) root: Option<String>,
}

/// The trees of the files that were asked for last.
#[derive(Debug, Default)]
pub(super) struct Trees(VecDeque<OfFile>);

#[derive(Debug)]
struct OfFile {
    file: FileId,
    bytes: usize,
    types: Vec<Rc<TypeItem>>,
}

impl Trees {
    fn get(&mut self, file: FileId, at: usize) -> Option<Rc<TypeItem>> {
        let place = self.0.iter().position(|one| one.file == file)?;
        let found = self.0.remove(place)?;
        let item = Rc::clone(&found.types[at]);
        self.0.push_front(found);
        Some(item)
    }

    pub(super) fn keep(&mut self, file: FileId, bytes: usize, types: Vec<Rc<TypeItem>>) {
        self.0.push_front(OfFile { file, bytes, types });
        let mut kept = 0;
        self.0.retain(|one| {
            let is_last = kept == 0;
            kept += one.bytes;
            is_last || kept <= KEPT
        });
    }
}

impl Sources {
    pub(crate) fn type_item(&self, id: TypeId) -> Rc<TypeItem> {
        let Type { module, file, .. } = self.types[id.0];
        self.looked_at.add_module(module);
        let text = &self.texts[file.0];
        let at = id.0 - text.first.0;
        if let Some(found) = self.trees.borrow_mut().get(file, at) {
            return found;
        }
        let types = self.parse_again(file);
        let item = Rc::clone(&types[at]);
        let mut trees = self.trees.borrow_mut();
        trees.keep(file, text.text.len(), types);
        item
    }

    fn parse_again(&self, file: FileId) -> Vec<Rc<TypeItem>> {
        let Parsed { text, first, .. } = &self.texts[file.0];
        let parsed = syn::parse_file(text).expect("it was parsed before");
        let mut written = Vec::new();
        gather_types(parsed.items, &mut written);
        let mut written = written.into_iter();
        let known = (first.0..).map_while(|at| self.types.get(at));
        let known = known.take_while(|known| known.file == file);
        let types = known.map(|known| {
            let is_this = |item: &Item| item.name().span().start() == known.start;
            let item = written.find(is_this).expect("it was there before");
            Rc::new(TypeItem {
                module: known.module,
                item: plain(item, self.has_myop(known.module)).0,
                is_there: known.is_there,
            })
        });
        types.collect()
    }
}

/// All types among these items and in the modules among them, in their order.
fn gather_types(items: Vec<syn::Item>, types: &mut Vec<Item>) {
    for item in items {
        match item {
            syn::Item::Struct(item) => types.push(Item::Struct(item)),
            syn::Item::Enum(item) => types.push(Item::Enum(item)),
            syn::Item::Type(item) => types.push(Item::Alias(item)),
            syn::Item::Mod(module) => {
                let (_, items) = module.content.unwrap_or_default();
                gather_types(items, types);
            }
            _ => {}
        }
    }
}
