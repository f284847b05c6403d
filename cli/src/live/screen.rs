//! How a command that goes on tells what happens: a word for what it is about, and beside it what came of it.

use std::cell::Cell;
use std::fmt;

use crate::excerpt::Look;

/// Where it is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Prints a text as it is.
    pub(crate) print: fn(&str),
    /// How it looks there.
    pub(crate) look: Look,
}

/// What is told of.
#[derive(Debug)]
pub(crate) struct Screen {
    output: Output,
    /// Whether the last line is one that the next one is written over.
    passing: Cell<bool>,
    /// Whether nothing was told since an empty line, or at all.
    at_gap: Cell<bool>,
}

/// How a text is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Bad,
    Warning,
    Quiet,
    Strong,
}

/// The room for the word.
const WORD: usize = 10;

/// A line that is written over may not be wrapped.
const PASSING_WIDTH: usize = 66;

impl Screen {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            output,
            passing: Cell::new(false),
            at_gap: Cell::new(true),
        }
    }

    /// How it looks.
    pub(crate) fn look(&self) -> Look {
        self.output.look
    }

    /// Whether colours are wanted.
    pub(crate) fn has_colour(&self) -> bool {
        self.output.look == Look::Coloured
    }

    /// Tells something; further lines of the text stand below its first.
    pub(crate) fn tell(&self, word: &str, tone: Tone, text: impl fmt::Display) {
        let text = text.to_string();
        let mut lines = text.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        let word = self.in_tone(word_tone(tone), &format!("{word:>WORD$}"));
        self.print(&format!("{word}  {}\n", self.in_tone(tone, first)));
        for line in lines {
            self.print_below(tone, line);
        }
    }

    /// Tells more of what was told last.
    pub(crate) fn below(&self, tone: Tone, text: impl fmt::Display) {
        for line in text.to_string().trim_end().lines() {
            self.print_below(tone, line);
        }
    }

    /// A unified diff, below what was told last.
    pub(crate) fn diff(&self, diff: &str) {
        for line in diff.lines() {
            let tone = match line.as_bytes() {
                [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] | [b'@', ..] => Tone::Quiet,
                [b'+', ..] => Tone::Good,
                [b'-', ..] => Tone::Bad,
                _ => Tone::Plain,
            };
            self.print_below(tone, line);
        }
    }

    /// An empty line, unless there is one.
    pub(crate) fn gap(&self) {
        if !self.at_gap.get() {
            self.print("\n");
            self.at_gap.set(true);
        }
    }

    /// Tells how something gets on, in a line that what comes next takes the place of; nothing where nobody looks.
    pub(crate) fn pass(&self, word: &str, text: &str) {
        if self.output.look == Look::Plain {
            return;
        }
        let text: String = text.chars().take(PASSING_WIDTH).collect();
        let text = self.in_tone(Tone::Quiet, &text);
        (self.output.print)(&format!("\r\x1b[K{word:>WORD$}  {text}"));
        self.passing.set(true);
    }

    /// Takes such a line away.
    pub(crate) fn clear(&self) {
        if self.passing.take() {
            (self.output.print)("\r\x1b[K");
        }
    }

    fn print_below(&self, tone: Tone, line: &str) {
        if line.is_empty() {
            self.print("\n");
        } else {
            self.print(&format!("{:WORD$}  {}\n", "", self.in_tone(tone, line)));
        }
    }

    fn print(&self, text: &str) {
        self.clear();
        self.at_gap.set(false);
        (self.output.print)(text);
    }

    fn in_tone(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Warning => "33",
            Tone::Quiet => "2",
            Tone::Strong => "1",
            Tone::Plain => "",
        };
        if self.has_colour() && !code.is_empty() && !text.trim().is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// The word stands out, in red where the text does not please.
fn word_tone(tone: Tone) -> Tone {
    match tone {
        Tone::Plain | Tone::Good | Tone::Strong => Tone::Strong,
        other => other,
    }
}
