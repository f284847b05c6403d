//! Where something stands, and why it can't be read there.

use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::Span;

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was found.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The line and the column behind its end.
    pub end: (usize, usize),
}

impl Place {
    pub(crate) fn of(file: PathBuf, span: Span) -> Self {
        let (start, end) = (span.start(), span.end());
        Self {
            file,
            line: start.line,
            column: start.column + 1,
            end: (end.line, end.column + 1),
        }
    }

    /// The same, counted from a folder.
    #[must_use]
    pub fn below(mut self, folder: &Path) -> Self {
        if let Ok(inside) = self.file.strip_prefix(folder) {
            self.file = inside.to_owned();
        }
        self
    }
}

impl Unread {
    /// The same, with a place that counts from a folder.
    #[must_use]
    pub fn below(self, folder: &Path) -> Self {
        Self {
            place: self.place.below(folder),
            ..self
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Something whose meaning its syntax alone does not tell: a program has to be run for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct Unread {
    /// Where it stands.
    pub place: Place,
    /// What it is that only a running program knows.
    pub why: String,
}

/// What was read, or why it can't be.
pub(crate) type Read<T> = Result<T, Box<Unread>>;
