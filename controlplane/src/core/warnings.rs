//! What a client is told besides the answer, whatever that is.

use std::cell::RefCell;

/// The texts of `Warning` headers, none twice.
#[derive(Debug, Default)]
pub(crate) struct Warnings(RefCell<Vec<String>>);

impl Warnings {
    pub(crate) fn add(&self, warnings: impl IntoIterator<Item = String>) {
        let mut told = self.0.borrow_mut();
        for warning in warnings {
            if !told.contains(&warning) {
                told.push(warning);
            }
        }
    }

    pub(crate) fn into_texts(self) -> Vec<String> {
        self.0.into_inner()
    }
}
