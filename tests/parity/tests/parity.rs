//! `myop manifests` makes of the attributes what controller-gen makes of its markers.

mod meaning;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use myop_manifests::{Descriptions, Facts, Kept, Project};
use serde_json::Value;

use self::meaning::{allowed, differences, meaning};

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the operator's program declares.
fn compiled() -> Facts {
    let program = env!("CARGO_BIN_EXE_parity");
    let printed = Command::new(program).arg("manifests").output().unwrap();
    assert!(printed.status.success(), "{printed:?}");
    Facts::read(&String::from_utf8(printed.stdout).unwrap()).unwrap()
}

/// What `myop manifests` makes of it.
fn manifests(facts: &Facts) -> BTreeMap<String, String> {
    let project = Project {
        domain: "example.com",
        namespaced: false,
        descriptions: Descriptions::Full,
    };
    myop_manifests::files(facts, &project).unwrap()
}

/// What controller-gen made of the families, each definition with its own.
fn recorded() -> BTreeMap<String, (String, Value)> {
    let mut all = BTreeMap::new();
    for family in families("yaml") {
        let text = fs::read_to_string(folder().join(format!("src/{family}.yaml"))).unwrap();
        let definitions = definitions(text.split("\n---\n").skip(1));
        all.extend(
            definitions
                .into_iter()
                .map(|(name, one)| (name, (family.clone(), one))),
        );
    }
    all
}

/// The definitions among YAML documents, by their names, as far as they mean something.
fn definitions(documents: impl IntoIterator<Item = impl AsRef<str>>) -> BTreeMap<String, Value> {
    let documents = documents.into_iter();
    let documents = documents.map(|text| serde_yaml::from_str(text.as_ref()).unwrap());
    let definitions =
        documents.filter(|document: &Value| document["kind"] == "CustomResourceDefinition");
    definitions
        .map(|one| {
            let name = one["metadata"]["name"].as_str().unwrap().to_owned();
            (name, meaning(one))
        })
        .collect()
}

/// The families that have a file with this extension.
fn families(extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join("src")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let ours = names.filter_map(|name| {
        let (family, rest) = name.split_once('.')?;
        (rest.rsplit('.').next() == Some(extension)).then(|| family.to_owned())
    });
    let mut families: Vec<_> = ours.collect();
    families.sort();
    families.dedup();
    families
}

#[test]
fn attributes_make_what_markers_make() {
    let (theirs, mut ours) = (recorded(), definitions(manifests(&compiled()).values()));
    let mut complaints = Vec::new();
    for (name, (family, theirs)) in theirs {
        let ours = ours.remove(&name).unwrap_or_default();
        let differences = differences(&theirs, &ours);
        complaints.extend(
            differences
                .iter()
                .map(|how| format!("{family}: {name}{how}")),
        );
    }
    complaints.extend(ours.keys().map(|name| format!("{name} is not recorded")));
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn declarations_allow_what_markers_allow() {
    let recorded = fs::read_to_string(folder().join("src/access.yaml")).unwrap();
    let theirs = recorded
        .split("\n---\n")
        .find(|document| document.contains("kind: ClusterRole"));
    let ours = &manifests(&compiled())["config/rbac/role.yaml"];
    let (theirs, ours) = (allowed(theirs.unwrap()), allowed(ours));
    assert_eq!(theirs, ours);
}

#[test]
fn attributes_are_read_as_they_are_compiled() {
    let declared = myop_manifests::read_operator(folder(), Kept::default()).unwrap();
    assert!(declared.mistakes.is_empty(), "{:?}", declared.mistakes);
    assert_eq!(manifests(&declared.facts.unwrap()), manifests(&compiled()));
}

/// A file of markers that was changed has to be recorded anew.
#[test]
fn what_is_recorded_is_of_these_markers() {
    for family in families("go") {
        let recorded = fs::read_to_string(folder().join(format!("src/{family}.yaml"))).unwrap();
        let sums = recorded
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.split_once("  "));
        let mut files = 0;
        for (sum, file) in sums {
            let now = fs::read(folder().join("src").join(file)).unwrap();
            let now = ring::digest::digest(&ring::digest::SHA256, &now);
            let now: String = now
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(
                sum, now,
                "{file} has changed: run tests/parity/record {family}"
            );
            files += 1;
        }
        assert!(files > 0, "{family}.yaml names no files");
    }
}
