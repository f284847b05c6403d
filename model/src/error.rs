//! Mistakes as data: what is wrong, where, and what to write instead.

use std::{cell::RefCell, fmt};

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// One mistake in what an author wrote.
#[derive(Clone, Debug)]
pub struct Error {
    message: String,
    help: Option<String>,
    start: Span,
    end: Span,
}

impl Error {
    /// A mistake in the tokens `at`.
    pub fn new(at: impl ToTokens, message: impl fmt::Display) -> Self {
        let mut spans = at.into_token_stream().into_iter().map(|token| token.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        let end = spans.last().unwrap_or(start);
        Self {
            message: message.to_string(),
            help: None,
            start,
            end,
        }
    }

    /// A mistake at one span.
    pub fn at(span: Span, message: impl fmt::Display) -> Self {
        Self {
            message: message.to_string(),
            help: None,
            start: span,
            end: span,
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl fmt::Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// Where it begins.
    pub fn span(&self) -> Span {
        self.start
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to write instead, if that is known.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The invocation of `compile_error!` that shows the mistake in the author's editor.
    pub fn to_compile_error(&self) -> TokenStream {
        let text = self.to_string();
        // rustc underlines from the first token to the last.
        let macro_name = quote_spanned!(self.start=> ::core::compile_error!);
        let arguments = quote_spanned!(self.end=> { #text });
        quote::quote!(#macro_name #arguments)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.help {
            Some(help) => write!(f, "{}; {help}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<syn::Error> for Error {
    fn from(error: syn::Error) -> Self {
        Self::at(error.span(), error)
    }
}

/// What came of reading an item: as much of it as could be understood, and every mistake in it.
#[derive(Debug)]
pub struct Reading<T> {
    /// What the item means, with a stand-in for each part that is missing or wrong. `None` if it
    /// isn't an item of the right sort at all.
    pub meaning: Option<T>,
    /// The mistakes, in the order in which they were found. Code that is generated from a `meaning` with
    /// mistakes is there to keep other errors away, not to run.
    pub errors: Vec<Error>,
}

impl<T> Reading<T> {
    pub(crate) fn impossible(error: Error) -> Self {
        Self {
            meaning: None,
            errors: vec![error],
        }
    }
}

/// Collects mistakes, so that an author sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Errors(RefCell<Vec<Error>>);

impl Errors {
    pub(crate) fn push(&self, error: impl Into<Error>) {
        self.0.borrow_mut().push(error.into());
    }

    /// The value of a success; a failure is kept.
    pub(crate) fn keep<T>(&self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn reading<T>(self, meaning: T) -> Reading<T> {
        Reading {
            meaning: Some(meaning),
            errors: self.0.into_inner(),
        }
    }
}
