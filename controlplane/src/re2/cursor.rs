//! How far an expression has been read.

/// The whole, and where the rest begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'e> {
    whole: &'e str,
    at: usize,
}

impl<'e> Cursor<'e> {
    pub(super) fn new(whole: &'e str) -> Self {
        Self { whole, at: 0 }
    }

    pub(super) fn whole(&self) -> &'e str {
        self.whole
    }

    pub(super) fn rest(&self) -> &'e str {
        &self.whole[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// Passes over this text, if it is next.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_next = self.rest().starts_with(text);
        if is_next {
            self.at += text.len();
        }
        is_next
    }

    /// What was read since an earlier place.
    pub(super) fn since(&self, earlier: Cursor<'e>) -> &'e str {
        &self.whole[earlier.at..self.at]
    }

    /// Passes over so many bytes, and returns them.
    pub(super) fn skip(&mut self, length: usize) -> &'e str {
        let from = *self;
        self.at += length;
        self.since(from)
    }
}
