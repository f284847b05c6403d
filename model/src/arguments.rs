//! The arguments of an attribute, nested to any depth: `a`, `b = value`, `c(d = value, ...)`.
//!
//! A reader takes the arguments that it knows, by name; what is left over is unknown and reported
//! with the nearest name that the reader asked for. So the list of known names is written once, as
//! the code that reads them.

mod unread;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt as _;
use syn::parse::discouraged::Speculative as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Path, Token, token};

use self::unread::meant;
use crate::error::{Error, Errors};
use crate::places::names_of;

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
    /// `Speaker`, `v1::Pod`: no argument by name, but a type
    Type(Path),
    /// `kind =`, with nothing behind it that can be read; it has been reported
    Unreadable,
}

/// The arguments of one attribute, or of one argument with parentheses.
pub(crate) struct Arguments<'e> {
    /// What they belong to, as an author would write it.
    of: String,
    span: Span,
    given: Vec<Argument>,
    /// What stands in an argument's place and has no name.
    nameless: Vec<TokenStream>,
    known: Vec<&'static str>,
    /// Whether kinds stand in it, too.
    has_kinds: bool,
    /// What has to be there and is not, with an example.
    absent: Vec<(&'static str, String)>,
    /// What else is missing, with the names that would do.
    missing: Vec<(Vec<&'static str>, Error)>,
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
            nameless: Vec::new(),
            known: Vec::new(),
            has_kinds: false,
            absent: Vec::new(),
            missing: Vec::new(),
            errors,
        };
        arguments.add(tokens);
        arguments
    }

    /// The arguments of all attributes of a name, where there may be none.
    pub(crate) fn gather(
        of: &str,
        attributes: impl IntoIterator<Item = TokenStream>,
        errors: &'e Errors,
    ) -> Self {
        let mut arguments = Self::parse(of, Span::call_site(), TokenStream::new(), errors);
        for tokens in attributes {
            arguments.add(tokens);
        }
        arguments
    }

    /// Adds the arguments of a second attribute of the same name.
    pub(crate) fn add(&mut self, tokens: TokenStream) {
        let errors = self.errors;
        let read = |input: ParseStream<'_>| {
            self.read(input);
            Ok(())
        };
        errors.keep(read.parse2(tokens).map_err(Error::from));
    }

    /// Reads to the end; after a mistake it goes on with the next argument.
    fn read(&mut self, input: ParseStream<'_>) {
        while !input.is_empty() {
            if input.peek(Token![,]) {
                let error = Error::at(input.span(), "there is no argument before this `,`");
                self.errors.push(error);
            } else if let Some(bare) = bare_type(input) {
                self.given.push(bare);
            } else if let Ok(name) = input.call(Ident::parse_any) {
                // Keywords are names too: `type = "string"` deserves a better answer than "expected
                // identifier".
                self.given.push(argument(name, input, self.errors));
            } else {
                self.nameless.push(skip_to_comma(input));
            }
            if !input.is_empty() && !input.peek(Token![,]) {
                let error = Error::at(input.span(), "expected `,` before the next argument");
                self.errors.push(error);
                if starts_argument(input) {
                    continue;
                }
                skip_to_comma(input);
            }
            let _: Option<Token![,]> = input.parse().ok();
        }
    }

    /// Takes every argument of this name, and of each what `read` makes of it.
    pub(crate) fn all<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&Argument, &'e Errors) -> Option<T>,
    ) -> Vec<T> {
        self.known.push(name);
        self.take(|argument| argument.name == name)
            .iter()
            .filter(|argument| !matches!(argument.value, Value::Unreadable))
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

    /// Takes all arguments that are `wanted`, of whatever name.
    pub(crate) fn take(&mut self, wanted: impl Fn(&Argument) -> bool) -> Vec<Argument> {
        let (taken, left) = self.given.drain(..).partition(wanted);
        self.given = left;
        taken
    }

    /// Takes what stands in an argument's place and has no name.
    pub(crate) fn nameless(&mut self) -> Vec<TokenStream> {
        std::mem::take(&mut self.nameless)
    }

    /// Takes the type that stands before all other arguments, if there is one.
    pub(crate) fn leading_type(&mut self) -> Option<Path> {
        self.has_kinds = true;
        let Value::Type(path) = &self.given.first()?.value else {
            return None;
        };
        let path = path.clone();
        self.given.remove(0);
        Some(path)
    }

    /// Takes all types.
    pub(crate) fn types(&mut self) -> Vec<Path> {
        self.has_kinds = true;
        let taken = self.take(|argument| matches!(argument.value, Value::Type(_)));
        taken
            .into_iter()
            .filter_map(|argument| match argument.value {
                Value::Type(path) => Some(path),
                _ => None,
            })
            .collect()
    }

    /// The name as it was written, if there is an argument of this name.
    pub(crate) fn written(&self, name: &str) -> Option<Ident> {
        let mut names = self.given.iter().map(|argument| &argument.name);
        names.find(|written| *written == name).cloned()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.written(name).is_some()
    }

    /// Whether there is an argument of this name, or one of another name that can only mean it.
    pub(crate) fn means(&self, name: &str) -> bool {
        let known = names_of(&self.of);
        let mut written = self.given.iter().map(|argument| argument.name.to_string());
        written.any(|written| {
            written == name
                || (!known.contains(&written.as_str())
                    && meant(&self.of, &written, &known) == Some(name))
        })
    }

    /// Takes the one argument of this name, and reports it if it isn't there.
    pub(crate) fn required<T>(
        &mut self,
        name: &'static str,
        example: &str,
        read: impl FnMut(&Argument, &'e Errors) -> Option<T>,
    ) -> Option<T> {
        if !self.has(name) {
            self.absent.push((name, example.to_owned()));
        }
        self.one(name, read)
    }

    /// Reports at the end that one of `names` is missing, unless one of them is only misspelt; no names stand for a kind.
    pub(crate) fn missing(&mut self, names: &[&'static str], what: &str, help: &str) {
        let error = Error::at(self.span, format!("`{}` needs {what}", self.of));
        self.missing.push((names.to_vec(), error.help(help)));
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

fn starts_argument(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any) && (input.peek2(Token![=]) || input.peek2(token::Paren))
}

/// A type where an argument could be. Arguments are in lowercase, so it can't be one.
fn bare_type(input: ParseStream<'_>) -> Option<Argument> {
    if starts_argument(input) {
        return None;
    }
    let ahead = input.fork();
    let path: Path = ahead.parse().ok()?;
    let name = path.segments.last()?.ident.clone();
    if !name.to_string().starts_with(char::is_uppercase) {
        return None;
    }
    input.advance_to(&ahead);
    Some(Argument {
        name,
        tokens: path.to_token_stream(),
        value: Value::Type(path),
    })
}

fn skip_to_comma(input: ParseStream<'_>) -> TokenStream {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        skipped.extend(input.parse::<TokenTree>());
    }
    skipped
}

fn argument(name: Ident, input: ParseStream<'_>, errors: &Errors) -> Argument {
    let mut tokens = name.to_token_stream();
    let value = if let Ok(equals) = input.parse::<Token![=]>() {
        equals.to_tokens(&mut tokens);
        assigned(&name, &mut tokens, input, errors)
    } else if let Ok(list) = input.call(parse_list) {
        list.to_tokens(&mut tokens);
        Value::List(list.stream())
    } else {
        Value::Flag
    };
    Argument {
        name,
        value,
        tokens,
    }
}

fn parse_list(input: ParseStream<'_>) -> syn::Result<Group> {
    if input.peek(token::Paren) {
        input.parse()
    } else {
        Err(input.error("expected `(`"))
    }
}

fn assigned(
    name: &Ident,
    tokens: &mut TokenStream,
    input: ParseStream<'_>,
    errors: &Errors,
) -> Value {
    let ahead = input.fork();
    match ahead.parse::<Expr>() {
        Ok(value) => {
            input.advance_to(&ahead);
            value.to_tokens(tokens);
            Value::Assigned(value)
        }
        Err(error) => {
            let unread = skip_to_comma(input);
            errors.push(if unread.is_empty() {
                Error::new(name, format!("`{name}` has no value after the `=`"))
            } else {
                tokens.extend(unread);
                Error::new(
                    &*tokens,
                    format!("the value of `{name}` can't be read: {error}"),
                )
            });
            Value::Unreadable
        }
    }
}
