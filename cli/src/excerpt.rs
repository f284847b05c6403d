//! What is wrong with a source file, shown at its place.

use std::fs;
use std::path::Path;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, NamedSource, SourceSpan, ThemeCharacters,
    ThemeStyles,
};
use myop_manifests::Place;

/// What is wrong at a place of a source file, with the text of that.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub(crate) struct Excerpt {
    message: String,
    /// The place, in one line.
    place: String,
    #[source_code]
    text: NamedSource<String>,
    #[label]
    span: SourceSpan,
}

/// How excerpts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// With ASCII alone.
    Plain,
    /// With lines.
    Lines,
    /// With lines and colours.
    Coloured,
}

impl Excerpt {
    /// The text at a place, which is called as it lies below a folder.
    pub(crate) fn new(place: &Place, below: &Path, message: &impl ToString) -> Self {
        // Of a file that is gone meanwhile the place is told.
        let text = fs::read_to_string(&place.file).unwrap_or_default();
        let span = span(&text, place);
        let place = place.clone().below(below);
        Self {
            message: message.to_string(),
            text: NamedSource::new(place.file.to_string_lossy(), text),
            place: place.to_string(),
            span,
        }
    }

    /// The place and what is wrong there, in one line.
    pub(crate) fn line(&self) -> String {
        format!("{}: {}", self.place, self.message)
    }

    /// What is wrong, below a word for how bad that is, with the lines around the place.
    pub(crate) fn drawn(&self, word: &str, look: Look) -> String {
        let (characters, styles) = match look {
            Look::Plain => (ThemeCharacters::ascii(), ThemeStyles::none()),
            Look::Lines => (ThemeCharacters::unicode(), ThemeStyles::none()),
            Look::Coloured => (ThemeCharacters::unicode(), ThemeStyles::ansi()),
        };
        let characters = ThemeCharacters {
            error: format!("{word}:"),
            ..characters
        };
        let drawing = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
            .with_context_lines(1)
            .with_links(false)
            .with_wrap_lines(false);
        let mut drawn = String::new();
        match drawing.render_report(&mut drawn, self) {
            Ok(()) => drawn.trim_start().to_owned(),
            Err(_) => format!("{word}: {}\n", self.line()),
        }
    }
}

/// The bytes of a place, which counts in lines and characters.
fn span(text: &str, place: &Place) -> SourceSpan {
    let start = offset(text, (place.line, place.column));
    let end = offset(text, place.end).max(start);
    (start..end).into()
}

/// Where a line and a column begin, both from 1. What marks a file as Unicode is in no column.
fn offset(text: &str, (line, column): (usize, usize)) -> usize {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines
        .by_ref()
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = lines.next().unwrap_or_default();
    let mark = usize::from(before == 0 && line.starts_with('\u{feff}'));
    let inside = line.char_indices().nth(column.saturating_sub(1) + mark);
    before + inside.map_or(line.len(), |(at, _)| at)
}
