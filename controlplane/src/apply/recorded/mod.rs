//! What the real server answered, replayed.
//!
//! The files beside this one hold requests and kube-apiserver's own answers; see `record` for how to get them anew.

mod kinds;
mod random;
mod record;
mod replay;
mod request;
mod scenario;
mod schemas;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use serde_json::Value;

use self::{kinds::Kinds, replay::Replay, schemas::Documents};

/// The time of the first step of a file; each further one is a second later.
const START: Timestamp = Timestamp::constant(1_767_225_600, 0);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/apply/recorded")
}

/// The definition of the custom kind that most files use.
fn widget() -> Value {
    serde_yaml::from_str(&fs::read_to_string(folder().join("widget.crd.yaml")).unwrap()).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn as_the_real_server_answers() {
    if let Ok(which) = std::env::var("RECORD") {
        record::record(&folder(), &which).await;
    }
    let documents = Documents::open();
    let (mut steps, mut wrong) = (0, Vec::new());
    for file in files(&folder()) {
        let mut replay = Replay {
            documents: &documents,
            kinds: Kinds::of(&documents),
            objects: BTreeMap::new(),
        };
        for (place, step) in scenario::read(&fs::read_to_string(&file).unwrap())
            .iter()
            .enumerate()
        {
            steps += 1;
            if let Err(found) = replay.step(step, place) {
                let file = file.file_name().unwrap().to_string_lossy();
                wrong.push(format!(
                    "{file}, {place}: {} {}\n  {}\n  {found}",
                    step.verb, step.path, step.body
                ));
            }
        }
    }
    assert!(steps > 170, "only {steps} recorded");
    assert!(
        wrong.is_empty(),
        "{} of {steps}:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}
