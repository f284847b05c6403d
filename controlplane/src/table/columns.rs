//! The columns of Kubernetes' own kinds, as the real server tells them.
//!
//! To take them from the recorded tables again: `cargo run -p myop-controlplane --example record -- --columns
//! controlplane/src/table/recorded/kinds.txt controlplane/src/table/columns.txt`.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use serde_json::Value;

/// A line: group and kind, and its columns, read upon first use.
struct Columns {
    text: &'static str,
    columns: OnceLock<Value>,
}

static ALL: LazyLock<BTreeMap<&'static str, Columns>> = LazyLock::new(|| {
    let lines = include_str!("columns.txt").lines();
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(kind, text)| {
            let columns = OnceLock::new();
            (kind, Columns { text, columns })
        })
        .collect()
});

/// `columnDefinitions` of a kind; none for kinds with the default table.
pub(super) fn of(group: &str, kind: &str) -> Option<&'static Value> {
    let all: &'static BTreeMap<_, _> = &ALL;
    let line = all.get(format!("{group}/{kind}").as_str())?;
    let read = || serde_json::from_str(line.text).expect("it was written as JSON");
    Some(line.columns.get_or_init(read))
}

/// `columnDefinitions` of custom kinds that declare none: name and age.
pub(super) fn custom() -> &'static Value {
    of("custom", "").expect("the file has a line for it")
}

/// `columnDefinitions` of all other kinds: name and time of creation.
pub(super) fn default() -> &'static Value {
    of("", "").expect("the file has a line for it")
}
