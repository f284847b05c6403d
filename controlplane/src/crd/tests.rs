//! What a real server answered, played through the functions here.

mod definitions;
mod objects;

use std::path::{Path, PathBuf};

use serde_json::Value;

fn recorded(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/crd/recorded")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    files
}

fn cases(file: &Path) -> Value {
    // `y` and `no` are words here.
    let options = serde_yaml::options! { strict_booleans: true };
    serde_yaml::from_str_with_options(&std::fs::read_to_string(file).unwrap(), options).unwrap()
}

fn answers(file: &Path) -> Value {
    let text = std::fs::read_to_string(file.with_extension("answers.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Where the order of errors is Go's luck, they are compared sorted.
fn ordered(answer: &Value) -> bool {
    answer["ordered"] != false
}

fn sorted(causes: &Value) -> Vec<String> {
    let mut causes: Vec<String> = causes
        .as_array()
        .into_iter()
        .flatten()
        .map(ToString::to_string)
        .collect();
    causes.sort();
    causes
}

/// None where an answer is as recorded.
fn difference(name: &str, recorded: &Value, ours: &Value) -> Option<String> {
    let same = if ordered(recorded) {
        recorded == ours
    } else {
        let mut ours = ours.clone();
        let matches = sorted(&recorded["causes"]) == sorted(&ours["causes"]);
        for key in ["causes", "message", "ordered"] {
            ours[key] = recorded[key].clone();
        }
        matches && *recorded == ours
    };
    (!same).then(|| format!("{name}\n  recorded {recorded}\n  ours     {ours}"))
}
