//! What is read from the sources is what kube makes of them at run time.

use std::collections::BTreeMap;
use std::path::Path;

use myop_manifests::{Features, Place};
use serde_json::Value;

/// What only a running program knows, by the kinds that need it.
const LEFT_TO_THE_PROGRAM: &[&str] = &[
    "builtin::core::References",
    "builtin::meta::Quantities",
    "builtin::meta::Selectors",
    "conditional::items::ConditionalFields",
    "converted::ByFunctions",
    "defaults::computed::",
    "defaults::functions::ConstantDefaults",
    "defaults::functions::LiteralDefaults",
    "defaults::functions::VariantDefaults",
    "defaults::types::EnumDefaults",
    "defaults::types::TypesDefaults",
    "defaults::types::UnwritableDefaults",
    "defaults::types::UnwrittenDefaults",
    "generics::AssociatedTypes",
    "generics::GenericConstants",
    "limits::texts::CompiledPatterns",
    "recursive::MutuallyRecursive",
    "recursive::Recursive",
    "rules::cel::ComputedRules",
    "rules::cel::RuleOnFlattened",
    "std_types::others::Results",
    "unreadable::",
    "words::attributes::Examples",
    "words::blocks::DocsOfTheCompiler",
];

/// Files in which mistakes are meant.
const TELLS_MISTAKES: &[&str] = &["lost.rs", "refused.rs"];

/// A kind that a macro writes, which no reader of sources finds.
const BY_MACRO: &str = "corpus::unreadable::KindByMacro";

#[test]
fn what_is_read_is_what_kube_makes() {
    let compiled: BTreeMap<_, _> = corpus::definitions().into_iter().collect();
    let reading =
        myop_manifests::read_sources(Path::new(env!("CARGO_MANIFEST_DIR")), &Features::default())
            .unwrap();
    let mut read: BTreeMap<_, _> = reading
        .kinds
        .into_iter()
        .map(|kind| (kind.path, kind.definition))
        .collect();
    let mut complaints = Vec::new();
    let (mut equal, mut unread) = (0, 0);
    for (path, definition) in compiled {
        let definition = serde_json::to_value(definition).unwrap();
        match read.remove(path) {
            Some(Ok(read)) if read == definition => equal += 1,
            Some(Ok(read)) => {
                complaints.push(format!("{path} {}", difference(&read, &definition, "")))
            }
            Some(Err(_)) if is_left(path) => unread += 1,
            Some(Err(why)) => complaints.push(format!("{path} is not read: {why}")),
            None if path == BY_MACRO => unread += 1,
            None => complaints.push(format!("{path} is not found")),
        }
    }
    let refused = corpus::refused::REFUSED.iter().map(|((path, _), _)| *path);
    refused.for_each(|path| drop(read.remove(path)));
    complaints.extend(read.keys().map(|path| format!("{path} is no kind")));
    let is_other = |place: &Place| !TELLS_MISTAKES.iter().any(|file| place.file.ends_with(file));
    let mistakes = reading.mistakes.iter().filter(|(place, _)| is_other(place));
    complaints.extend(mistakes.map(|(place, mistake)| format!("{place}: {mistake}")));
    println!("{equal} equal, {unread} left to the program");
    assert!(
        complaints.is_empty(),
        "{} of them differ:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn what_would_be_lost_is_told() {
    let reading =
        myop_manifests::read_sources(Path::new(env!("CARGO_MANIFEST_DIR")), &Features::default())
            .unwrap();
    let told = reading.mistakes.iter().map(|(place, error)| {
        let file = place.file.file_name().unwrap().to_string_lossy();
        format!("{file}:{}: {error}", place.line)
    });
    let lost: Vec<_> = told
        .filter(|told| !told.starts_with("refused.rs"))
        .collect();
    assert_eq!(
        lost,
        [
            "lost.rs:10: the schema of a CRD has no `readOnly`; say it in the description",
            "lost.rs:18: the schema of a CRD has no `x-kubernetes-map-typ`; did you mean `x-kubernetes-map-type`?",
            "lost.rs:26: the schema of a CRD has no `minLenght`; did you mean `minLength`?",
        ]
    );
}

fn is_left(path: &str) -> bool {
    let mut left = LEFT_TO_THE_PROGRAM.iter();
    left.any(|start| path["corpus::".len()..].starts_with(start))
}

/// The first thing in which they are not the same.
fn difference(read: &Value, compiled: &Value, at: &str) -> String {
    match (read, compiled) {
        (Value::Object(read), Value::Object(compiled)) => {
            for (key, value) in compiled {
                match read.get(key) {
                    Some(other) if other == value => {}
                    Some(other) => return difference(other, value, &format!("{at}/{key}")),
                    None => return format!("{at}/{key} is not read: {value}"),
                }
            }
            let more = read.keys().find(|key| !compiled.contains_key(*key));
            more.map_or_else(String::new, |key| {
                format!("{at}/{key} is too much: {}", read[key])
            })
        }
        (Value::Array(read), Value::Array(compiled)) if read.len() == compiled.len() => {
            let mut pairs = read.iter().zip(compiled).enumerate();
            let first = pairs.find(|(_, (read, compiled))| read != compiled);
            first.map_or_else(String::new, |(place, (read, compiled))| {
                difference(read, compiled, &format!("{at}/{place}"))
            })
        }
        _ => format!("{at}: read {read}, compiled {compiled}"),
    }
}
