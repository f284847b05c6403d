//! An expression that texts are held against.

use std::sync::OnceLock;

use regex::Regex;

use super::compile;

/// An expression, made ready the first time that it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    text: String,
    ready: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            ready: OnceLock::new(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// None where it can't be made ready.
    pub(crate) fn ready(&self) -> Option<&Regex> {
        let ready = self.ready.get_or_init(|| compile(&self.text).ok());
        ready.as_ref()
    }
}
