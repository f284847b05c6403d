//! What a command says when it has done what it was asked.

/// What is to be printed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// For standard output.
    pub(crate) text: String,
    /// Things to know besides, for standard error.
    pub(crate) notes: Vec<String>,
}

impl Answer {
    /// An answer of this text.
    pub(crate) fn text(text: String) -> Self {
        Self {
            text,
            notes: Vec::new(),
        }
    }

    /// An answer of these lines.
    pub(crate) fn lines<S: AsRef<str>>(lines: impl IntoIterator<Item = S>) -> Self {
        let mut text = String::new();
        for line in lines {
            text.push_str(line.as_ref());
            text.push('\n');
        }
        Self::text(text)
    }

    /// With these notes besides.
    pub(crate) fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// The answer to a request that was met before.
    pub(crate) fn nothing_to_do() -> Self {
        Self::lines(["nothing to do"])
    }
}
