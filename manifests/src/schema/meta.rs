//! The arguments of an attribute: `a`, `b = value`, `c(d)`, and `!e`, by which schemars takes back what serde says.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Path, Token, Type, TypePath};

/// One argument.
#[derive(Clone, Debug)]
pub(super) enum Argument {
    Said(Box<Meta>),
    TakenBack(Path),
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Token![!]) {
            input.parse::<Token![!]>()?;
            return input.parse().map(Self::TakenBack);
        }
        Ok(Self::Said(Box::new(input.parse()?)))
    }
}

/// What the attributes of an item say, read once for all who ask.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) schemars: Vec<Argument>,
    pub(super) serde: Vec<Meta>,
    pub(super) validate: Vec<Meta>,
    pub(super) garde: Vec<Meta>,
    pub(super) x_kube: Vec<Meta>,
    /// The lines of the doc comment.
    pub(super) doc: Vec<Expr>,
    pub(super) deprecated: bool,
}

impl Said {
    pub(super) fn read(attributes: &[Attribute]) -> Result<Self, syn::Error> {
        let mut said = Self::default();
        for attribute in attributes {
            let Some(name) = attribute.path().get_ident() else {
                continue;
            };
            match name.to_string().as_str() {
                "schemars" => said.schemars.extend(arguments(attribute)?),
                "serde" => said.serde.extend(metas(attribute)?),
                "x_kube" => said.x_kube.extend(metas(attribute)?),
                // What others do not understand of their own attributes is for them to say.
                "validate" => said.validate.extend(metas(attribute).unwrap_or_default()),
                "garde" => said.garde.extend(metas(attribute).unwrap_or_default()),
                "deprecated" => said.deprecated = true,
                "doc" => {
                    if let Meta::NameValue(pair) = &attribute.meta {
                        said.doc.push(pair.value.clone());
                    }
                }
                _ => {}
            }
        }
        Ok(said)
    }

    /// Without what kube's derive of rules takes away before schemars sees it.
    pub(super) fn under_rules(mut self) -> Self {
        self.garde.clear();
        self.deprecated = false;
        self
    }

    /// What schemars' attribute says.
    pub(super) fn of_schemars(&self) -> impl Iterator<Item = &Meta> {
        self.schemars.iter().filter_map(|argument| match argument {
            Argument::Said(meta) => Some(&**meta),
            Argument::TakenBack(_) => None,
        })
    }
}

fn arguments(attribute: &Attribute) -> Result<Punctuated<Argument, Token![,]>, syn::Error> {
    attribute.parse_args_with(Punctuated::parse_terminated)
}

fn metas(attribute: &Attribute) -> Result<Vec<Meta>, syn::Error> {
    Ok(arguments(attribute)?
        .into_iter()
        .filter_map(|argument| match argument {
            Argument::Said(meta) => Some(*meta),
            Argument::TakenBack(_) => None,
        })
        .collect())
}

/// The arguments in the parentheses of one.
pub(super) fn nested(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    inner
        .map(|inner| inner.into_iter().collect())
        .unwrap_or_default()
}

/// The name of an argument, or nothing for a path of several parts.
pub(super) fn name_of(meta: &Meta) -> String {
    meta.path()
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The expression behind the `=`.
pub(super) fn value(meta: &Meta) -> Option<&Expr> {
    match meta {
        Meta::NameValue(pair) => Some(&pair.value),
        _ => None,
    }
}

/// The text behind the `=`.
pub(super) fn text(meta: &Meta) -> Option<String> {
    value(meta).and_then(literal_text)
}

/// What the text behind the `=` is in Rust: `"path::to::function"`.
pub(super) fn parsed<T: Parse>(meta: &Meta) -> Option<T> {
    match value(meta)? {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.parse().ok(),
        _ => None,
    }
}

/// The text that a literal is.
pub(super) fn literal_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Whether a trait is derived.
pub(super) fn derives(attributes: &[Attribute], wanted: &str) -> bool {
    attributes.iter().any(|attribute| {
        let mut found = false;
        if attribute.path().is_ident("derive") {
            // What is no list of paths is an error of the compiler's.
            let _ = attribute.parse_nested_meta(|meta| {
                found |= meta
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == wanted);
                Ok(())
            });
        }
        found
    })
}

/// The type that a path names.
pub(super) fn type_at(path: Path) -> Type {
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    })
}
