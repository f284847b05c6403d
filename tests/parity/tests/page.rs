//! docs/markers.md is made of the families: a row for each field, type and kind that has a marker.
//!
//! `INSTA_UPDATE=always cargo test -p parity --test page` writes it anew.

mod go;
mod rust;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// In the order of the page.
const FAMILIES: &[&str] = &[
    "numbers", "texts", "lists", "items", "maps", "presence", "words", "rules", "choices",
    "shapes", "kinds", "versions", "access",
];

const INTRODUCTION: &str = "\
What each marker of controller-gen is here. Every row is a field, a type or a kind in
[tests/parity](../tests/parity/README.md), in Go and in Rust; what controller-gen makes of the one is recorded there, and
`myop manifests` makes the same of the other. `serde`, `schemars`, `x_kube` and `resource` have words of their own for most;
`schema` is for what they have no word for.

A marker that is misspelt is a comment. An attribute that is misspelt does not compile, and neither does a key in
`extend(...)` that no CRD has, nor a value of the wrong sort for it: in structs with `#[resource]`, `#[status]` or `#[schema]`
that is said at the very word, and of all others `myop manifests` says it.
";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// The files of a family in Go.
fn files(family: &str) -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_of = |name: &String| name.starts_with(&format!("{family}.")) && name.ends_with(".go");
    let mut files: Vec<_> = names.filter(is_of).collect();
    files.sort();
    files
}

fn page() -> String {
    let made = "`INSTA_UPDATE=always cargo test -p parity --test page`";
    let mut page =
        format!("# Markers\n\n<!-- Made from tests/parity by {made} -->\n\n{INTRODUCTION}");
    for family in FAMILIES {
        let rust = rust::Api::read(&read(&format!("{family}.rs")));
        let words = rust.words();
        let (title, rest) = words.split_once("\n").unwrap_or((&words, ""));
        let mut section = format!("\n## {}\n", title.trim_end_matches('.'));
        if !rest.trim().is_empty() {
            write!(section, "\n{}\n", rest.trim()).unwrap();
        }
        let mut rows = String::new();
        for file in files(family) {
            for said in go::said(&read(&file)) {
                let markers: Vec<_> = said.markers.iter().map(|marker| code(marker)).collect();
                let attributes: Vec<_> = rust.said(&said).iter().map(|text| code(text)).collect();
                let attributes = match attributes.as_slice() {
                    [] if said.markers[0].contains("scope=Cluster") => {
                        "leave `namespaced` away".to_owned()
                    }
                    [] => "nothing: it is so by default".to_owned(),
                    some => some.join("<br>"),
                };
                writeln!(rows, "| {} | {attributes} |", markers.join("<br>")).unwrap();
            }
        }
        if !rows.is_empty() {
            write!(section, "\n| marker | attribute |\n|---|---|\n{rows}").unwrap();
        }
        page += &section;
    }
    page + "\n" + &read("elsewhere.md")
}

/// In a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/markers.md");
    let wanted = page();
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, &wanted).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == wanted,
        "docs/markers.md is stale: INSTA_UPDATE=always cargo test -p parity --test page"
    );
}

/// The rows of access are written by hand.
#[test]
fn each_marker_of_access_has_a_row() {
    let page = page();
    let source = read("access.go");
    let markers = source
        .lines()
        .filter_map(|line| line.strip_prefix("// +kubebuilder:rbac:"));
    let mut seen = 0;
    for marker in markers {
        assert!(
            page.contains(&format!("| `+kubebuilder:rbac:{marker}` | ")),
            "{marker}"
        );
        seen += 1;
    }
    assert!(seen > 5, "{seen}");
    let rust = read("access.rs");
    let declared = rust
        .lines()
        .filter_map(|line| line.strip_prefix("    rbac(")?.strip_suffix("),"));
    for arguments in declared {
        assert!(
            page.contains(&format!("| `rbac({arguments})` |")),
            "{arguments}"
        );
    }
}

/// Each marker that controller-gen knows has a row.
#[test]
fn no_marker_is_left_out() {
    let page = page();
    let rows = page.lines().filter(|line| line.starts_with("| "));
    let words = rows
        .flat_map(|row| row.split(['`', ' ', '=', ',']))
        .filter_map(|word| word.strip_prefix('+'));
    let there: BTreeSet<_> = words
        .map(|word| word.trim_end_matches(':').to_owned())
        .collect();
    let is_there = |marker: &str| {
        let with_arguments = format!("{marker}:");
        there
            .iter()
            .any(|word| word == marker || word.starts_with(&with_arguments))
    };
    let markers = read("markers.txt");
    let missing: Vec<_> = markers.lines().filter(|marker| !is_there(marker)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(markers.lines().count() > 80);
}
