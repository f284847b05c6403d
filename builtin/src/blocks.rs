//! Blocks of lines, sorted by their names: one is found without reading the others.
//!
//! A block's first line is its name and words of it; the lines below, which begin with a space, are of its parts.

use std::cmp::Ordering;

/// A block's lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) name: &'static str,
    /// What its first line says behind the name.
    pub(super) words: &'static str,
    rest: &'static str,
}

impl Block {
    /// A block by its name.
    pub(super) fn find(table: &'static str, name: &str) -> Option<Self> {
        let (mut low, mut high) = (0, table.len());
        while low < high {
            let start = start_before(table, low, low.midpoint(high));
            let found = Self::at(table, start)?;
            match found.name.cmp(name) {
                Ordering::Equal => return Some(found),
                Ordering::Less => low = start_after(table, start),
                Ordering::Greater => high = start,
            }
        }
        None
    }

    /// All blocks of a table.
    pub(super) fn all(table: &'static str) -> impl Iterator<Item = Self> {
        let mut start = 0;
        std::iter::from_fn(move || {
            let found = Self::at(table, start).filter(|it| !it.name.is_empty());
            start = start_after(table, start);
            found
        })
    }

    /// The lines of its parts, without the space before each.
    pub(super) fn lines(&self) -> impl Iterator<Item = &'static str> + use<> {
        let lines = self.rest.lines();
        lines.filter_map(|line| line.strip_prefix(' '))
    }

    fn at(table: &'static str, start: usize) -> Option<Self> {
        let (head, rest) = table[start..start_after(table, start)].split_once('\n')?;
        let (name, words) = head.split_once(' ').unwrap_or((head, ""));
        Some(Self { name, words, rest })
    }
}

/// What is said under a key.
pub(super) fn word(words: &'static str, key: &str) -> Option<&'static str> {
    let mut words = words.split(' ').filter_map(|word| word.split_once('='));
    words.find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// Where the block begins that `at` is in; no earlier than `low`, which begins one.
fn start_before(table: &str, low: usize, at: usize) -> usize {
    let bytes = table.as_bytes();
    (low + 1..=at)
        .rev()
        .find(|&it| bytes[it - 1] == b'\n' && bytes[it] != b' ')
        .unwrap_or(low)
}

fn start_after(table: &str, start: usize) -> usize {
    let bytes = table.as_bytes();
    (start + 1..bytes.len())
        .find(|&it| bytes[it - 1] == b'\n' && bytes[it] != b' ')
        .unwrap_or(bytes.len())
}
