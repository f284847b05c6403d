//! The arguments of an attribute, nested to any depth: `a`, `b = value`, `c(d = value, ...)`.
//!
//! A reader takes the arguments that it knows, by name; what is left over is unknown and reported
//! with the nearest name that the reader asked for. So the list of known names is written once, as
//! the code that reads them.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Token, token};

use crate::error::{Error, Errors};
use crate::nearest::nearest;

/// Where else an argument may belong, for somebody who put it in the wrong place.
const PLACES: &[(&str, &[&str])] = &[
    (
        "#[resource]",
        &[
            "group",
            "version",
            "kind",
            "namespaced",
            "status",
            "plural",
            "shortname",
            "printcolumn",
            "scale",
        ],
    ),
    (
        "#[controller]",
        &["reconciles", "owns", "reads", "skip", "finalizer", "rbac"],
    ),
    (
        "printcolumn",
        &["json_path", "type_", "priority", "format", "description"],
    ),
    (
        "scale",
        &[
            "spec_replicas_path",
            "status_replicas_path",
            "label_selector_path",
        ],
    ),
    ("rbac", &["groups", "resources", "verbs", "names", "urls"]),
];

/// One argument as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: Value,
    /// The argument whole, to hand it on.
    pub(crate) tokens: TokenStream,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// `namespaced`
    Flag,
    /// `kind = "MyApp"`
    Assigned(Expr),
    /// `owns(Deployment)`: what is in the parentheses
    List(TokenStream),
}

/// The arguments of one attribute, or of one argument with parentheses.
pub(crate) struct Arguments<'e> {
    /// What they belong to, as an author would write it.
    of: String,
    span: Span,
    given: Vec<Argument>,
    known: Vec<&'static str>,
    missing: Vec<(&'static str, String)>,
    pub(crate) errors: &'e Errors,
}

impl<'e> Arguments<'e> {
    /// Splits `tokens` into arguments; one that can't be read is reported, and the next one read.
    pub(crate) fn parse(
        of: impl Into<String>,
        span: Span,
        tokens: TokenStream,
        errors: &'e Errors,
    ) -> Self {
        let mut arguments = Self {
            of: of.into(),
            span,
            given: Vec::new(),
            known: Vec::new(),
            missing: Vec::new(),
            errors,
        };
        arguments.add(tokens);
        arguments
    }

    /// Adds the arguments of a second attribute of the same name.
    pub(crate) fn add(&mut self, tokens: TokenStream) {
        let errors = self.errors;
        match (|input: ParseStream<'_>| Ok(list(input, errors))).parse2(tokens) {
            Ok(arguments) => self.given.extend(arguments),
            Err(error) => errors.push(error),
        }
    }

    /// Takes every argument of this name, and of each what `read` makes of it.
    pub(crate) fn all<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Argument, &'e Errors) -> Option<T>,
    ) -> Vec<T> {
        self.known.push(name);
        let (taken, left) = self
            .given
            .drain(..)
            .partition::<Vec<_>, _>(|argument| argument.name == name);
        self.given = left;
        taken
            .iter()
            .filter_map(|argument| read(argument, self.errors))
            .collect()
    }

    /// Takes the one argument of this name.
    pub(crate) fn one<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Argument, &'e Errors) -> Option<T>,
    ) -> Option<T> {
        let mut seen = false;
        let of = self.of.clone();
        let values = self.all(name, |argument, errors| {
            if seen {
                errors.push(
                    Error::new(&argument.name, format!("`{name}` is there twice in `{of}`"))
                        .help("remove one"),
                );
                return None;
            }
            seen = true;
            read(argument, errors)
        });
        values.into_iter().next()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.given.iter().any(|argument| argument.name == name)
    }

    /// Takes the one argument of this name, and reports it if it isn't there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        example: &str,
        read: impl FnMut(&Argument, &'e Errors) -> Option<T>,
    ) -> Option<T> {
        if !self.has(name) {
            self.missing.push((name, example.to_owned()));
        }
        self.one(name, read)
    }

    /// Reports what nobody took and what is missing. A required argument that is only misspelt is
    /// not missing.
    pub(crate) fn finish(mut self) {
        for Argument { name, .. } in &self.given {
            let written = name.to_string();
            let meant = nearest(&written, self.known.iter().copied());
            self.missing.retain(|(missing, _)| meant != Some(*missing));
            let error = Error::new(
                name,
                format!("unknown argument `{written}` of `{}`", self.of),
            );
            self.errors.push(error.help(self.way_out(&written, meant)));
        }
        for (name, example) in &self.missing {
            let error = Error::at(self.span, format!("`{}` needs `{name}`", self.of));
            self.errors.push(error.help(format!("add `{example}`")));
        }
    }

    fn way_out(&self, written: &str, meant: Option<&str>) -> String {
        let place = PLACES
            .iter()
            .find(|(place, names)| *place != self.of && names.contains(&written));
        match (meant, place) {
            (Some(meant), _) if meant.trim_end_matches('_') == written => {
                format!("did you mean `{meant}`?")
            }
            (_, Some((place, _))) => format!("it belongs in `{place}`"),
            (Some(meant), None) => format!("did you mean `{meant}`?"),
            (None, None) => {
                let mut known = self.known.clone();
                known.sort_unstable();
                format!("known are {}", listed(&known))
            }
        }
    }
}

/// `a`, `b` and `c`
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn list(input: ParseStream<'_>, errors: &Errors) -> Vec<Argument> {
    let mut arguments = Vec::new();
    while !input.is_empty() {
        match argument(input) {
            Ok(argument) => arguments.push(argument),
            Err(error) => {
                errors.push(error);
                skip_to_comma(input);
            }
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            errors.push(Error::at(
                input.span(),
                "expected `,` before the next argument",
            ));
            skip_to_comma(input);
        }
        let _: Option<Token![,]> = input.parse().ok();
    }
    arguments
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _: Option<proc_macro2::TokenTree> = input.parse().ok();
    }
}

fn argument(input: ParseStream<'_>) -> syn::Result<Argument> {
    // Keywords too: `type = "string"` deserves a better answer than "expected identifier".
    let name = input.call(Ident::parse_any)?;
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Err(syn::Error::new(
                name.span(),
                format!("`{name}` has no value after the `=`"),
            ));
        }
        let value: Expr = input.parse()?;
        let tokens = quote::quote!(#name #equals #value);
        return Ok(Argument {
            name,
            value: Value::Assigned(value),
            tokens,
        });
    }
    if input.peek(token::Paren) {
        let content;
        let parentheses = syn::parenthesized!(content in input);
        let inside: TokenStream = content.parse()?;
        let mut tokens = name.to_token_stream();
        parentheses.surround(&mut tokens, |tokens| tokens.extend(inside.clone()));
        return Ok(Argument {
            name,
            value: Value::List(inside),
            tokens,
        });
    }
    let tokens = name.to_token_stream();
    Ok(Argument {
        name,
        value: Value::Flag,
        tokens,
    })
}
