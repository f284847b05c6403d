//! What stands in an attribute, whoever's it is.

use myop_model::nearest;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, MetaNameValue, Path, Token, Type, TypePath};

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

/// The arguments of kube's attribute.
pub(crate) fn of_kube(attributes: &[Attribute]) -> Result<Vec<Meta>, syn::Error> {
    let mut arguments = Vec::new();
    for attribute in attributes.iter().filter(|it| it.path().is_ident("kube")) {
        let list = |input: ParseStream<'_>| {
            Punctuated::<Meta, Token![,]>::parse_terminated_with(input, argument_of_kube)
        };
        arguments.extend(attribute.parse_args_with(list)?);
    }
    Ok(arguments)
}

/// Older versions of kube have `struct` where later ones have `root`.
fn argument_of_kube(input: ParseStream<'_>) -> syn::Result<Meta> {
    if !input.peek(Token![struct]) {
        return input.parse();
    }
    let name: Token![struct] = input.parse()?;
    Ok(Meta::NameValue(MetaNameValue {
        path: Ident::new("root", name.span).into(),
        eq_token: input.parse()?,
        value: input.parse()?,
    }))
}

/// That an attribute has no argument of this name, or another one was meant.
pub(crate) fn unknown(argument: &Path, of: &str, known: &[&str]) -> syn::Error {
    let name = argument.to_token_stream().to_string();
    let instead = instead(&name, "it has", known);
    let what = format!("unknown argument `{name}` of `{of}`; {instead}");
    syn::Error::new_spanned(argument, what)
}

/// What was meant by a name that is not known, or else what there is.
pub(crate) fn instead(name: &str, there_is: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("{there_is} `{}`", known.join("`, `")),
    }
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
