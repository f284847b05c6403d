//! The pages of docs/reference, made from the code: the commands from what clap knows, the fields of PROJECT from the types
//! that it is read into, the attributes from the table of their readers.
//!
//! `INSTA_UPDATE=always cargo test -p myop-cli reference` writes them anew.

mod attributes;
mod commands;
mod project;

use std::path::Path;
use std::{env, fs};

use similar::TextDiff;

const MADE: &str = "`INSTA_UPDATE=always cargo test -p myop-cli reference`";

/// Whether a file of the repository is as it should be, or made so, as insta does it with snapshots.
fn assert_page(path: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, wanted).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(written.as_str(), wanted);
    let diff = diff.unified_diff().to_string();
    assert!(
        diff.is_empty(),
        "{} is stale: {MADE}\n{diff}",
        path.display()
    );
}

/// What goes into a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
