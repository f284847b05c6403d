//! Finds a type's block in the table, without reading the rest.

use std::cmp::Ordering;

const TABLE: &str = include_str!("table.txt");

/// A type's block: what stands behind its name in the first line, and the lines of its fields.
pub(super) fn block(name: &str) -> Option<(&'static str, &'static str)> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let start = head_before(low, low.midpoint(high));
        let end = head_after(start);
        let block = &TABLE[start..end];
        let (head, fields) = block.split_once('\n')?;
        let (own, rest) = head.split_once(' ').unwrap_or((head, ""));
        match own.cmp(name) {
            Ordering::Equal => return Some((rest, fields)),
            Ordering::Less => low = end,
            Ordering::Greater => high = start,
        }
    }
    None
}

/// Where the block begins that `at` is in; no earlier than `low`, which begins one.
fn head_before(low: usize, at: usize) -> usize {
    let bytes = TABLE.as_bytes();
    (low + 1..=at)
        .rev()
        .find(|&it| bytes[it - 1] == b'\n' && bytes[it] != b' ')
        .unwrap_or(low)
}

fn head_after(start: usize) -> usize {
    let bytes = TABLE.as_bytes();
    (start + 1..bytes.len())
        .find(|&it| bytes[it - 1] == b'\n' && bytes[it] != b' ')
        .unwrap_or(bytes.len())
}
