//! Kinds after random edits: whatever their author writes, reading ends with a definition or with a reason, and a
//! definition that is read is the one that kube makes.

mod edit;
mod possible;
mod program;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use self::edit::Choices;
use self::source::Source;

/// How many edits one kind goes through.
const EDITS: usize = 25;

fn edits() -> impl Strategy<Value = Vec<Choices>> {
    proptest::collection::vec(any::<Choices>(), EDITS)
}

/// The kind after each of its edits.
fn saves(edits: &[Choices]) -> impl Iterator<Item = String> {
    let mut source = Source::new();
    edits.iter().map(move |edit| {
        source.edit(edit);
        source.to_string()
    })
}

/// Writes a crate with a module for each text.
fn write_crate(folder: &Path, modules: &[String]) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), program::MANIFEST).unwrap();
    fs::write(folder.join("src/main.rs"), program::main(modules.len())).unwrap();
    for (number, text) in modules.iter().enumerate() {
        fs::write(folder.join(format!("src/m{number}.rs")), text).unwrap();
    }
}

#[test]
fn reading_ends_with_a_definition_or_a_reason() {
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 5000 / EDITS as u32,
            failure_persistence: None,
            ..Config::default()
        },
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    runner
        .run(&edits(), |edits| {
            let folder = tempfile::tempdir()?;
            let modules: Vec<_> = saves(&edits).collect();
            write_crate(folder.path(), &modules);
            let reading =
                myop_manifests::read_sources(folder.path(), &myop_manifests::Features::default())
                    .unwrap();
            prop_assert_eq!(reading.kinds.len(), modules.len());
            Ok(())
        })
        .unwrap();
}

/// A crate of 100 kinds takes a minute to compile; `EDITS=5000 cargo test -p corpus --test edits` takes more of them.
#[test]
fn what_is_read_after_an_edit_is_what_kube_makes() {
    let wanted = std::env::var("EDITS").map_or(100, |edits| edits.parse().unwrap());
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::deterministic_rng(RngAlgorithm::ChaCha),
    );
    let mut left = wanted;
    let (mut equal, mut reasons) = (0, BTreeMap::<String, usize>::new());
    let mut wrong = Vec::new();
    while left > 0 {
        let mut modules = Vec::new();
        while modules.len() < left.min(500) {
            let edits = edits().new_tree(&mut runner).unwrap().current();
            modules.extend(saves(&edits));
        }
        left = left.saturating_sub(modules.len());
        let folder = tempfile::tempdir().unwrap();
        write_crate(folder.path(), &modules);
        let mut compiled = program::definitions(folder.path());
        for kind in
            myop_manifests::read_sources(folder.path(), &myop_manifests::Features::default())
                .unwrap()
                .kinds
        {
            let module = kind.path.split("::").nth(1).unwrap();
            let text = &modules[module[1..].parse::<usize>().unwrap()];
            match (kind.definition, compiled.remove(module).unwrap()) {
                (Ok(read), Ok(made)) if read == made => equal += 1,
                (Ok(read), Ok(made)) => wrong.push(format!(
                    "{text}\nis read as\n{read:#}\nand made as\n{made:#}"
                )),
                (Ok(_), Err(panic)) => {
                    wrong.push(format!("{text}\nis read, and kube refuses it: {panic}"))
                }
                (Err(reason), _) => *reasons.entry(reason.to_string()).or_default() += 1,
            }
        }
        println!(
            "{equal} equal, {} left to the program, {} differ",
            reasons.values().sum::<usize>(),
            wrong.len()
        );
    }
    for (reason, times) in &reasons {
        println!("{times:6} {reason}");
    }
    assert!(
        wrong.is_empty(),
        "{} differ, the first of them:\n{}",
        wrong.len(),
        wrong[0]
    );
}
