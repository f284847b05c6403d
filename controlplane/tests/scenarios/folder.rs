//! The files of this folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Result, play::Definitions, play_all::Played, scenario::Scenario};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Those whose names contain the text, sorted by name.
pub(crate) fn scenarios(containing: &str) -> Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for area in fs::read_dir(folder())?.collect::<Result<Vec<_>, _>>()? {
        if !area.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(area.path())?.collect::<Result<Vec<_>, _>>()? {
            let path = file.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "http")
            {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let name = format!("{}/{stem}", area.file_name().to_string_lossy());
                let scenario = Scenario::parse(&name, &fs::read_to_string(&path)?);
                scenarios.push(scenario.map_err(|error| format!("{name}: {error}"))?);
            }
        }
    }
    scenarios.retain(|scenario| scenario.name.contains(containing));
    scenarios.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scenarios)
}

pub(crate) fn definitions() -> Result<Definitions> {
    let files = fs::read_dir(folder().join("crds"))?;
    let definitions = files.map(|file| {
        let path = file?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok((name.into_owned(), fs::read_to_string(&path)?))
    });
    definitions.collect()
}

pub(crate) fn text(name: &str) -> Result<String> {
    Ok(fs::read_to_string(folder().join(name))?)
}

/// Writes the answers into the scenario's file.
pub(crate) fn record(played: &Played<'_>) -> Result<()> {
    let answers = played.answers.iter().map(String::as_str);
    let text = played.scenario.print(answers);
    let file = folder().join(format!("{}.http", played.scenario.name));
    Ok(fs::write(file, text)?)
}
