//! Where a path leads.

use std::collections::HashSet;

use super::Sources;
use super::module::{Constant, ModuleId, TypeId, UsePath};

/// The names that are looked for, or were in vain, in a module: who comes to one again, by a circle or by another way,
/// finds nothing there.
type Tried = HashSet<(ModuleId, String, Sort)>;

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    Type(TypeId),
    /// The type of a kind, by that of its spec.
    Kind(TypeId),
    Module(ModuleId),
    Function(ModuleId, &'a syn::ItemFn),
    Constant(ModuleId, &'a Constant),
    Outside(Outside),
    /// Nothing of the name is there.
    Nothing,
}

/// A path to something of another crate, which is not read. It begins with the name that the crate has for itself;
/// `core` and `alloc` are `std`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Outside(pub(crate) Vec<String>);

/// What sort of thing is looked for: types and values can have one name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Type,
    Value,
}

/// What everybody has without a `use`.
const PRELUDE: &[(&str, &str)] = &[
    ("Box", "std::boxed::Box"),
    ("Option", "std::option::Option"),
    ("Result", "std::result::Result"),
    ("String", "std::string::String"),
    ("Vec", "std::vec::Vec"),
];

impl Sources {
    /// The type that a path in a module means.
    pub(crate) fn find_type(&self, module: ModuleId, path: &syn::Path) -> Found<'_> {
        let (segments, from_crate) = of(path);
        self.find(module, &segments, from_crate, Sort::Type, &mut Tried::new())
    }

    /// The function or the constant that a path in a module means.
    pub(crate) fn find_value(&self, module: ModuleId, path: &syn::Path) -> Found<'_> {
        let (segments, from_crate) = of(path);
        self.find(
            module,
            &segments,
            from_crate,
            Sort::Value,
            &mut Tried::new(),
        )
    }

    fn find(
        &self,
        module: ModuleId,
        path: &[String],
        from_crate: bool,
        sort: Sort,
        tried: &mut Tried,
    ) -> Found<'_> {
        let Some((first, rest)) = path.split_first() else {
            return Found::Nothing;
        };
        let here = &self.modules[module.0];
        let start = match first.as_str() {
            "crate" => Found::Module(self.crates[here.krate].root),
            "self" => Found::Module(module),
            "super" => here.parent.map_or(Found::Nothing, Found::Module),
            _ if from_crate => self.find_crate(module, first),
            _ => {
                let sort = if rest.is_empty() { sort } else { Sort::Type };
                match self.find_name(module, first, sort, tried) {
                    Found::Nothing => self.find_elsewhere(module, first, sort),
                    found => found,
                }
            }
        };
        self.follow(start, rest, sort, tried)
    }

    /// Goes on from what the first part of a path has led to.
    fn follow<'a>(
        &'a self,
        start: Found<'a>,
        rest: &[String],
        sort: Sort,
        tried: &mut Tried,
    ) -> Found<'a> {
        let Some((next, after)) = rest.split_first() else {
            return start;
        };
        match start {
            Found::Module(module) if next == "super" => {
                let parent = self.modules[module.0].parent;
                self.follow(
                    parent.map_or(Found::Nothing, Found::Module),
                    after,
                    sort,
                    tried,
                )
            }
            Found::Module(module) => {
                let step_sort = if after.is_empty() { sort } else { Sort::Type };
                let found = self.find_name(module, next, step_sort, tried);
                self.follow(found, after, sort, tried)
            }
            Found::Outside(Outside(mut path)) => {
                path.extend(rest.iter().cloned());
                Found::Outside(Outside(path))
            }
            _ => Found::Nothing,
        }
    }

    /// What a module has under a name: its own, what it takes in, and what it takes in whole.
    fn find_name(&self, module: ModuleId, name: &str, sort: Sort, tried: &mut Tried) -> Found<'_> {
        let own = self.own(module, name, sort);
        if !matches!(own, Found::Nothing) {
            return own;
        }
        let place = (module, name.to_owned(), sort);
        if !tried.insert(place.clone()) {
            return Found::Nothing;
        }
        let found = self.find_taken_in(module, name, sort, tried);
        if !matches!(found, Found::Nothing) {
            tried.remove(&place);
        }
        found
    }

    /// What a module takes in from elsewhere under a name.
    fn find_taken_in(
        &self,
        module: ModuleId,
        name: &str,
        sort: Sort,
        tried: &mut Tried,
    ) -> Found<'_> {
        let here = self.names(module);
        if let Some(used) = here.uses.get(name) {
            let found = self.find_used(module, used, sort, tried);
            if !matches!(found, Found::Nothing) {
                return found;
            }
        }
        for glob in &here.globs {
            match self.find_used(module, glob, Sort::Type, tried) {
                Found::Module(from) if from != module => {
                    let found = self.find_name(from, name, sort, tried);
                    if !matches!(found, Found::Nothing) {
                        return found;
                    }
                }
                Found::Outside(Outside(mut path)) if sort == Sort::Type => {
                    path.push(name.to_owned());
                    let outside = Outside(path);
                    if (self.is_known)(&outside) {
                        return Found::Outside(outside);
                    }
                }
                _ => {}
            }
        }
        Found::Nothing
    }

    fn own(&self, module: ModuleId, name: &str, sort: Sort) -> Found<'_> {
        let here = self.names(module);
        match sort {
            Sort::Type => {
                if let Some(types) = here.types.get(name) {
                    return types.first().map_or(Found::Nothing, |id| Found::Type(*id));
                }
                if let Some(spec) = here.kinds.get(name) {
                    return Found::Kind(*spec);
                }
                here.modules
                    .get(name)
                    .map_or(Found::Nothing, |id| Found::Module(*id))
            }
            Sort::Value => {
                if let Some(function) = here.functions.get(name) {
                    return Found::Function(module, function);
                }
                here.constants
                    .get(name)
                    .map_or(Found::Nothing, |constant| Found::Constant(module, constant))
            }
        }
    }

    fn find_used(
        &self,
        module: ModuleId,
        used: &UsePath,
        sort: Sort,
        tried: &mut Tried,
    ) -> Found<'_> {
        self.find(module, &used.segments, used.from_crate, sort, tried)
    }

    /// A crate, or what everybody has.
    fn find_elsewhere(&self, module: ModuleId, name: &str, sort: Sort) -> Found<'_> {
        match self.find_crate(module, name) {
            Found::Nothing if sort == Sort::Type => {
                let known = PRELUDE.iter().find(|(known, _)| *known == name);
                known.map_or(Found::Nothing, |(_, path)| {
                    Found::Outside(Outside::parse(path))
                })
            }
            found => found,
        }
    }

    fn find_crate(&self, module: ModuleId, name: &str) -> Found<'_> {
        if matches!(name, "std" | "core" | "alloc") {
            return Found::Outside(Outside(vec!["std".to_owned()]));
        }
        let manifest = &self.crates[self.modules[module.0].krate].manifest;
        let package = match manifest.dependencies.get(name) {
            Some(dependency) => dependency.package.as_str(),
            // The programs of a package see its library.
            None if manifest.name == name => name,
            None => return Found::Nothing,
        };
        let read = self
            .crates
            .iter()
            .find(|one| one.manifest.name == package)
            .map(|one| Found::Module(one.root));
        read.unwrap_or_else(|| Found::Outside(Outside(vec![package.to_owned()])))
    }
}

impl Outside {
    pub(crate) fn parse(path: &str) -> Self {
        Self(path.split("::").map(str::to_owned).collect())
    }

    /// Whether it is one of these types of a crate.
    pub(crate) fn is(&self, krate: &str, names: &[&str]) -> bool {
        let is_named = |last: &String| names.contains(&last.as_str());
        self.0.first().is_some_and(|first| first == krate) && self.0.last().is_some_and(is_named)
    }

    pub(crate) fn path(&self) -> String {
        self.0.join("::")
    }
}

fn of(path: &syn::Path) -> (Vec<String>, bool) {
    let segments = path.segments.iter();
    let segments = segments.map(|segment| super::name(&segment.ident));
    (segments.collect(), path.leading_colon.is_some())
}
