//! Whatever becomes of a file while it is edited, reading it ends with kinds, with a reason, or with a mistake at its place.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;

/// What happens to a word or sign of a file.
#[derive(Clone, Debug)]
enum Slip {
    Lost(Index),
    Twice(Index),
    Swapped(Index, Index),
    Replaced(Index, &'static str),
}

fn slip() -> impl Strategy<Value = Slip> {
    let sign = prop::sample::select(vec![
        "",
        "(",
        ")",
        "{",
        "]",
        "<",
        ">",
        ",",
        "::",
        "=",
        "#",
        "!",
        "&",
        "'a",
        "\"",
        "0",
        "-1",
        "1e400",
        "r#type",
        "crate",
        "super",
        "self",
        "_",
        "Self",
        "dyn Fn()",
        "fn()",
        "impl Sized",
        "[u8; 2]",
        "Option",
        "Vec<",
        "serde",
        "flatten",
        "untagged",
        "é",
    ]);
    prop_oneof![
        any::<Index>().prop_map(Slip::Lost),
        any::<Index>().prop_map(Slip::Twice),
        any::<(Index, Index)>().prop_map(|(one, other)| Slip::Swapped(one, other)),
        (any::<Index>(), sign).prop_map(|(place, sign)| Slip::Replaced(place, sign)),
    ]
}

impl Slip {
    fn happens_to(&self, words: &mut Vec<String>) {
        let all = words.len();
        match self {
            Self::Lost(place) => drop(words.remove(place.index(all))),
            Self::Twice(place) => words.insert(place.index(all), words[place.index(all)].clone()),
            Self::Swapped(one, other) => words.swap(one.index(all), other.index(all)),
            Self::Replaced(place, sign) => (*sign).clone_into(&mut words[place.index(all)]),
        }
    }
}

/// A text in pieces: names and numbers, spaces, and signs one by one.
fn words(text: &str) -> Vec<String> {
    let class = |c: char| {
        if c.is_alphanumeric() || c == '_' {
            1
        } else if c.is_whitespace() {
            2
        } else {
            0
        }
    };
    let mut words = Vec::<String>::new();
    let mut last = 0;
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if class(c) == last && last != 0 => word.push(c),
            _ => words.push(c.to_string()),
        }
        last = class(c);
    }
    words
}

/// The corpus' files that have no file below them.
fn files() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !fs::read_to_string(&path)
                .unwrap()
                .lines()
                .any(|line| line.starts_with("pub mod ") && line.ends_with(';'))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_ends(file in prop::sample::select(files()), slips in prop::collection::vec(slip(), 1..4)) {
        let mut words = words(&fs::read_to_string(file)?);
        for slip in &slips {
            slip.happens_to(&mut words);
        }
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("src"))?;
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"broken\"\nedition = \"2024\"\n")?;
        fs::write(folder.path().join("src/lib.rs"), words.concat())?;
        let read = myop_manifests::read_sources(folder.path(), &myop_manifests::Features::default());
        for kind in read.into_iter().flat_map(|reading| reading.kinds) {
            if let Err(reason) = kind.definition {
                prop_assert!(!reason.to_string().is_empty());
            }
        }
    }
}
