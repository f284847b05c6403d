//! The sources that this myop was built from, which a project needs until a registry has them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::commands::Place;

/// The folder of the crate `myop` in the sources of this program, while they are there.
pub(crate) fn runtime() -> Option<PathBuf> {
    let runtime = root()?.join("runtime");
    runtime.join("Cargo.toml").is_file().then_some(runtime)
}

/// The versions with which the sources were built.
pub(crate) fn lock_file() -> Option<PathBuf> {
    let file = root()?.join("Cargo.lock");
    (runtime().is_some() && file.is_file()).then_some(file)
}

/// Where cargo, run in this place, puts what it makes of the sources.
pub(crate) fn target(place: &Place) -> Option<PathBuf> {
    let manifest = runtime().and(root())?.join("Cargo.toml");
    let mut cargo = Command::new(&place.cargo);
    cargo
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .arg("--manifest-path")
        .arg(manifest)
        .current_dir(&place.folder);
    for variable in &place.about_itself {
        cargo.env_remove(variable);
    }
    let said = cargo.output().ok()?.stdout;
    let metadata: Value = serde_json::from_slice(&said).ok()?;
    metadata["target_directory"].as_str().map(PathBuf::from)
}

fn root() -> Option<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent()
}
