//! A type as it is used: which one, and of what.

use std::collections::HashMap;

use syn::spanned::Spanned as _;
use syn::{Expr, GenericArgument, GenericParam, PathArguments, Type};

use super::Use;
use crate::source::{Found, Item, ModuleId, Outside, Read, Sources, TypeId};

/// A type with all its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// One whose source is read.
    Own(TypeId, Vec<Shape>),
    /// One of another crate, or of Rust itself, by its path.
    Outside(Outside, Vec<Shape>),
    Tuple(Vec<Shape>),
    Slice(Box<Shape>),
    Array(Box<Shape>, Box<Shape>),
    /// The value of a constant argument.
    Number(u64),
}

/// Where a type is spoken of: what the names there mean.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) module: ModuleId,
    generics: HashMap<String, Shape>,
}

impl Scope {
    /// Outside of any type with arguments.
    pub(crate) fn of(module: ModuleId) -> Self {
        Self {
            module,
            generics: HashMap::new(),
        }
    }

    /// Inside of a type.
    pub(crate) fn inside(sources: &Sources, id: TypeId, arguments: &[Shape]) -> Read<Self> {
        let item = sources.type_item(id);
        let mut scope = Self::of(item.module);
        scope
            .generics
            .insert("Self".to_owned(), Shape::Own(id, arguments.to_vec()));
        let mut given = arguments.iter();
        for parameter in &item.item.generics().params {
            let (ident, default) = match parameter {
                GenericParam::Lifetime(_) => continue,
                GenericParam::Type(parameter) => {
                    let default = parameter.default.as_ref();
                    (
                        &parameter.ident,
                        default.map(|(_, it)| scope.shape(sources, it)),
                    )
                }
                GenericParam::Const(parameter) => {
                    let default = parameter.default.as_ref();
                    (
                        &parameter.ident,
                        default.map(|(_, it)| scope.number(sources, it)),
                    )
                }
            };
            let shape = match (given.next(), default) {
                (Some(given), _) => given.clone(),
                (None, Some(default)) => default?,
                (None, None) => {
                    let why = format!("what `{ident}` is here is not written");
                    return Err(sources.unread(item.module, ident.span(), why));
                }
            };
            scope.generics.insert(ident.to_string(), shape);
        }
        Ok(scope)
    }

    /// The type that this is inside of.
    pub(crate) fn own(&self) -> Option<&Shape> {
        self.generics.get("Self")
    }

    /// A use of a type here.
    pub(super) fn uses<'u>(&self, written: &'u Type) -> Use<'u> {
        Use {
            module: self.module,
            written,
        }
    }

    /// The type that is written here.
    pub(crate) fn shape(&self, sources: &Sources, written: &Type) -> Read<Shape> {
        let unread = |why: &str| Err(sources.unread(self.module, written.span(), why));
        match written {
            Type::Path(path) if path.qself.is_none() => self.named(sources, &path.path),
            Type::Reference(reference) => self.shape(sources, &reference.elem),
            Type::Paren(inner) => self.shape(sources, &inner.elem),
            Type::Group(inner) => self.shape(sources, &inner.elem),
            Type::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|part| self.shape(sources, part));
                Ok(Shape::Tuple(parts.collect::<Read<_>>()?))
            }
            Type::Slice(slice) => Ok(Shape::Slice(Box::new(self.shape(sources, &slice.elem)?))),
            Type::Array(array) => {
                let of = self.shape(sources, &array.elem)?;
                let length = self.number(sources, &array.len)?;
                Ok(Shape::Array(Box::new(of), Box::new(length)))
            }
            Type::Path(_) => {
                unread("a type that is found through a trait is known to the compiler only")
            }
            Type::Macro(_) => unread("what a macro writes is known to the compiler only"),
            _ => unread("this type has no schema that could be read from it"),
        }
    }

    fn named(&self, sources: &Sources, path: &syn::Path) -> Read<Shape> {
        if let Some(ident) = path.get_ident()
            && let Some(shape) = self.generics.get(&ident.to_string())
        {
            return Ok(shape.clone());
        }
        let arguments = self.arguments(sources, path)?;
        match sources.find_type(self.module, path) {
            Found::Type(id) => self.found(sources, id, arguments, path),
            Found::Outside(outside) => Ok(Shape::Outside(outside, arguments)),
            _ => match path.get_ident() {
                Some(ident) if is_primitive(&ident.to_string()) => {
                    Ok(Shape::Outside(Outside(vec![ident.to_string()]), arguments))
                }
                _ => {
                    let last = path.segments.last().map(|last| last.ident.to_string());
                    let why = format!(
                        "where `{}` comes from can not be seen: a macro may write it",
                        last.unwrap_or_default()
                    );
                    Err(sources.unread(self.module, path.span(), why))
                }
            },
        }
    }

    fn found(
        &self,
        sources: &Sources,
        id: TypeId,
        arguments: Vec<Shape>,
        path: &syn::Path,
    ) -> Read<Shape> {
        let found = sources.type_item(id);
        if found.is_there.is_none() {
            let why = format!(
                "whether this `{}` is there depends on a `#[cfg]` that only the build knows",
                found.item.name()
            );
            return Err(sources.unread(self.module, path.span(), why));
        }
        match &found.item {
            Item::Alias(alias) => Self::inside(sources, id, &arguments)?.shape(sources, &alias.ty),
            _ => Ok(Shape::Own(id, arguments)),
        }
    }

    fn arguments(&self, sources: &Sources, path: &syn::Path) -> Read<Vec<Shape>> {
        let Some(last) = path.segments.last() else {
            return Ok(Vec::new());
        };
        let PathArguments::AngleBracketed(written) = &last.arguments else {
            return Ok(Vec::new());
        };
        let arguments = written.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(Type::Path(path)) => {
                Some(self.type_or_constant(sources, &path.path, argument))
            }
            GenericArgument::Type(written) => Some(self.shape(sources, written)),
            GenericArgument::Const(value) => Some(self.number(sources, value)),
            _ => None,
        });
        arguments.collect()
    }

    /// A path alone can be either.
    fn type_or_constant(
        &self,
        sources: &Sources,
        path: &syn::Path,
        argument: &GenericArgument,
    ) -> Read<Shape> {
        let GenericArgument::Type(written) = argument else {
            return self.named(sources, path);
        };
        match self.shape(sources, written) {
            Err(unread) => match sources.find_value(self.module, path) {
                Found::Constant(module, constant) => {
                    Self::of(module).number(sources, &constant.value)
                }
                _ => Err(unread),
            },
            shape => shape,
        }
    }

    fn number(&self, sources: &Sources, value: &Expr) -> Read<Shape> {
        if let Expr::Path(path) = value
            && let Some(ident) = path.path.get_ident()
            && let Some(shape) = self.generics.get(&ident.to_string())
        {
            return Ok(shape.clone());
        }
        let number = super::value::Values::new(sources, self).value(value)?;
        let known = number.as_u64().map(Shape::Number);
        known.ok_or_else(|| {
            let why = "this number is known to the compiler only";
            sources.unread(self.module, value.span(), why)
        })
    }
}

/// The types that Rust itself has, and that have no path.
fn is_primitive(name: &str) -> bool {
    matches!(
        name,
        "bool"
            | "char"
            | "str"
            | "f32"
            | "f64"
            | "i8"
            | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
    )
}
