//! What stands in an attribute, whoever's it is.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parse;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Path, Token, Type, TypePath};

/// The arguments in the parentheses of one.
pub(crate) fn nested(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    inner
        .map(|inner| inner.into_iter().collect())
        .unwrap_or_default()
}

/// The name of an argument, or nothing for a path of several parts.
pub(crate) fn name_of(meta: &Meta) -> String {
    meta.path()
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The expression behind the `=`.
pub(crate) fn value(meta: &Meta) -> Option<&Expr> {
    match meta {
        Meta::NameValue(pair) => Some(&pair.value),
        _ => None,
    }
}

/// The text behind the `=`.
pub(crate) fn text(meta: &Meta) -> Option<String> {
    value(meta).and_then(literal_text)
}

/// What the text behind the `=` is in Rust: `"path::to::function"`.
pub(crate) fn parsed<T: Parse>(meta: &Meta) -> Option<T> {
    match value(meta)? {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.parse().ok(),
        _ => None,
    }
}

/// The text that a literal is.
pub(crate) fn literal_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Whether a trait is derived.
pub(crate) fn derives(attributes: &[Attribute], wanted: &str) -> bool {
    attributes.iter().any(|attribute| {
        let list = match &attribute.meta {
            Meta::List(list) if list.path.is_ident("derive") => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        // A word of a path that is not its last one is the name of a crate or a module, which no trait has.
        let is_wanted = |word: TokenTree| matches!(word, TokenTree::Ident(word) if word == wanted);
        list.into_iter().any(is_wanted)
    })
}

/// The type that a path names.
pub(crate) fn type_at(path: Path) -> Type {
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    })
}
