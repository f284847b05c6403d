//! What attributes say of a schema itself: words about it, limits of it, and what stands in its place.

use proc_macro2::{Span, TokenStream};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit, LitStr, Meta, MetaList, Path, Token, Type};

use super::meta::{self, Said};

/// Words about a schema: on containers, variants and fields alike.
#[derive(Clone, Debug, Default)]
pub(super) struct About {
    pub(super) title: Option<Expr>,
    pub(super) description: Option<Expr>,
    /// The lines of the doc comment.
    pub(super) doc: Vec<Expr>,
    pub(super) deprecated: bool,
    pub(super) examples: Vec<Expr>,
    pub(super) extensions: Vec<Extension>,
    /// Where a function of the program changes the schema.
    pub(super) transform: Option<Span>,
}

/// `"x-key" = json`
#[derive(Clone, Debug)]
pub(super) struct Extension {
    pub(super) key: LitStr,
    pub(super) value: TokenStream,
}

/// Whose schema is taken in the place of one's own.
#[derive(Clone, Debug)]
pub(super) enum Instead {
    Type(Box<Type>),
    Function(Path),
}

/// Limits of a field's values.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) length: Option<Bounds>,
    pub(super) range: Option<Bounds>,
    pub(super) pattern: Option<Expr>,
    pub(super) contains: Option<Expr>,
    pub(super) format: Option<&'static str>,
    pub(super) required: bool,
    /// Those of each item of a list.
    pub(super) inner: Option<Box<Limits>>,
}

/// The least and the most.
#[derive(Clone, Debug, Default)]
pub(super) struct Bounds {
    pub(super) min: Option<Expr>,
    pub(super) max: Option<Expr>,
}

impl Parse for Extension {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key = input.parse()?;
        input.parse::<Token![=]>()?;
        let mut value = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            value.extend([input.parse::<proc_macro2::TokenTree>()?]);
        }
        Ok(Self { key, value })
    }
}

impl About {
    pub(super) fn read(said: &Said) -> Result<Self, syn::Error> {
        let mut about = Self {
            deprecated: said.deprecated,
            doc: said.doc.clone(),
            ..Self::default()
        };
        for meta in said.of_schemars() {
            about.take(meta)?;
        }
        Ok(about)
    }

    /// A doc comment alone.
    pub(super) fn of_doc(doc: &str) -> Self {
        Self {
            doc: vec![syn::parse_quote!(#doc)],
            ..Self::default()
        }
    }

    /// Another line of a doc comment, if the attribute is one.
    pub(super) fn add_attribute(&mut self, attribute: &str) {
        if let Ok(Meta::NameValue(pair)) = syn::parse_str(attribute)
            && pair.path.is_ident("doc")
        {
            self.doc.push(pair.value);
        }
    }

    fn take(&mut self, meta: &Meta) -> Result<(), syn::Error> {
        match (meta::name_of(meta).as_str(), meta::value(meta)) {
            ("title", Some(value)) => self.title = Some(value.clone()),
            ("description", Some(value)) => self.description = Some(value.clone()),
            ("example", Some(value)) => self.examples.push(value.clone()),
            ("transform", _) => self.transform = Some(meta.span()),
            ("extend", None) => {
                if let Meta::List(list) = meta {
                    self.extensions.extend(extensions(list)?);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether nothing is said at all.
    pub(super) fn is_empty(&self) -> bool {
        self.title.is_none()
            && self.description.is_none()
            && self.doc.is_empty()
            && !self.deprecated
            && self.examples.is_empty()
            && self.extensions.is_empty()
            && self.transform.is_none()
    }
}

impl Instead {
    /// Of a field or a variant: schemars' word first, then serde's.
    pub(super) fn of_part(said: &Said) -> Option<Self> {
        let by_serde = || {
            let with = said.serde.iter().find(|meta| meta::name_of(meta) == "with");
            with.and_then(meta::parsed).map(Box::new).map(Self::Type)
        };
        Self::of_container(said).or_else(by_serde)
    }

    pub(super) fn of_container(said: &Said) -> Option<Self> {
        said.of_schemars()
            .find_map(|meta| match meta::name_of(meta).as_str() {
                "with" => meta::parsed(meta).map(Box::new).map(Self::Type),
                "schema_with" => meta::parsed(meta).map(Self::Function),
                _ => None,
            })
    }
}

impl Limits {
    pub(super) fn read(said: &Said) -> Result<Self, syn::Error> {
        let mut limits = Self::default();
        for meta in said.of_schemars() {
            limits.take(meta, "schemars")?;
        }
        for (metas, dialect) in [(&said.validate, "validate"), (&said.garde, "garde")] {
            for meta in metas {
                limits.take(meta, dialect)?;
            }
        }
        Ok(limits)
    }

    fn take(&mut self, meta: &Meta, dialect: &str) -> Result<(), syn::Error> {
        let name = meta::name_of(meta);
        match name.as_str() {
            "length" | "range" => {
                let bounds = Bounds::read(meta, &name, dialect)?;
                let said = if name == "length" {
                    &mut self.length
                } else {
                    &mut self.range
                };
                // The first that is said of each counts.
                said.get_or_insert(bounds);
            }
            "required" => self.required |= matches!(meta, Meta::Path(_)),
            "pattern" if dialect != "validate" => self.set_pattern(parenthesised(meta)),
            "regex" if dialect == "validate" => self.set_pattern(named(meta, "path")),
            "regex" if dialect == "schemars" => self.set_pattern(named(meta, "pattern")),
            "contains" if self.pattern.is_none() && self.contains.is_none() => {
                self.contains = named(meta, "pattern").or_else(|| parenthesised(meta));
            }
            "inner" if dialect != "validate" => {
                let inner = self.inner.get_or_insert_default();
                for meta in meta::nested(meta) {
                    inner.take(&meta, dialect)?;
                }
            }
            _ => self.format = self.format.or_else(|| format(&name)),
        }
        Ok(())
    }

    fn set_pattern(&mut self, pattern: Option<Expr>) {
        if self.contains.is_none() && self.pattern.is_none() {
            self.pattern = pattern;
        }
    }

    /// Whether nothing is said at all.
    pub(super) fn is_empty(&self) -> bool {
        self.length.is_none()
            && self.range.is_none()
            && self.pattern.is_none()
            && self.contains.is_none()
            && self.format.is_none()
            && !self.required
            && self.inner.is_none()
    }
}

/// `extend("x-key" = json, ...)`
pub(super) fn extensions(list: &MetaList) -> Result<Punctuated<Extension, Token![,]>, syn::Error> {
    list.parse_args_with(Punctuated::parse_terminated)
}

/// The format that schemars gives to what is called so.
fn format(name: &str) -> Option<&'static str> {
    Some(match name {
        "email" => "email",
        "url" => "uri",
        "ip" => "ip",
        "ipv4" => "ipv4",
        "ipv6" => "ipv6",
        _ => return None,
    })
}

impl Bounds {
    fn read(meta: &Meta, of: &str, dialect: &str) -> Result<Self, syn::Error> {
        let nested = if dialect == "schemars" {
            Self::of_schemars(meta, of)?
        } else {
            meta::nested(meta)
        };
        let said = |name: &str| among(&nested, name);
        Ok(Self {
            min: said("min").or_else(|| said("equal")),
            max: said("max").or_else(|| said("equal")),
        })
    }

    /// The arguments in the parentheses, which are what schemars knows.
    fn of_schemars(meta: &Meta, of: &str) -> Result<Vec<Meta>, syn::Error> {
        let known = &["min", "max", "equal"];
        let Meta::List(list) = meta else {
            let what = format!("`{of}` takes its bounds in parentheses: `{of}(min = 1)`");
            return Err(syn::Error::new_spanned(meta, what));
        };
        let nested: Punctuated<Meta, Token![,]> =
            list.parse_args_with(Punctuated::parse_terminated)?;
        let is_unknown = |one: &&Meta| !known.contains(&&*meta::name_of(one));
        match nested.iter().find(is_unknown) {
            Some(one) => Err(meta::unknown(one.path(), of, known)),
            None => Ok(nested.into_iter().collect()),
        }
    }
}

/// The one expression in the parentheses.
fn parenthesised(meta: &Meta) -> Option<Expr> {
    match meta {
        Meta::List(list) => list.parse_args().ok(),
        _ => None,
    }
}

/// The expression of this name in the parentheses.
fn named(meta: &Meta, name: &str) -> Option<Expr> {
    among(&meta::nested(meta), name)
}

/// The expression of this name; one in quotes is what is in them, but for a pattern.
fn among(metas: &[Meta], name: &str) -> Option<Expr> {
    let one = metas.iter().find(|one| one.path().is_ident(name))?;
    let value = meta::value(one)?;
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if name != "pattern" => text.parse().ok(),
        value => Some(value.clone()),
    }
}
