//! What to know of a new project, besides that it is there.

use std::collections::BTreeSet;
use std::path::Path;

use myop_model::names;

use super::Surroundings;
use crate::error::Error;
use crate::package;
use crate::plan::Plan;
use crate::project::Project;
use crate::scaffold;
use crate::tree::{Disk, Tree as _};

/// What to know of what is around a project.
pub(super) fn on_surroundings(around: &Surroundings) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(workspace) = &around.workspace {
        let path = workspace.path.display();
        notes.push(format!("it is a member of the workspace of {path}"));
    }
    let Some(runtime) = &around.runtime else {
        return notes;
    };
    let patch = format!(
        "[patch.crates-io] myop = {{ path = \"{}\" }}",
        runtime.display()
    );
    match &around.workspace {
        Some(workspace) if workspace.has_patch() => {}
        Some(_) => notes.push(format!(
            "until myop is published, the workspace's Cargo.toml needs {patch}"
        )),
        None => notes.push(format!(
            "until myop is published, .cargo/config.toml, which is for this machine alone, has {patch}; Docker and CI need it too"
        )),
    }
    notes
}

/// Which files were there first, what they lack, and what git should ignore and does not.
pub(super) fn on_kept(plan: &Plan, disk: &Disk, around: &Surroundings) -> Vec<String> {
    let kept = plan.kept();
    if kept.is_empty() {
        return Vec::new();
    }
    let names: Vec<_> = kept.iter().map(|path| path.display().to_string()).collect();
    let mut notes = vec![format!("kept your {}", names.join(" and your "))];
    let is_kept = |name: &str| kept.iter().any(|path| path == Path::new(name));
    if around.workspace.is_none() && is_kept(".gitignore") {
        let text = disk
            .read(Path::new(".gitignore"))
            .ok()
            .flatten()
            .unwrap_or_default();
        let patch = around.runtime.as_ref().map(|_| "/.cargo/config.toml");
        let lacking: Vec<_> = ["/target"]
            .into_iter()
            .chain(patch)
            .filter(|path| !ignores(&text, path))
            .collect();
        if !lacking.is_empty() {
            notes.push(format!("your .gitignore lacks {}", lacking.join(" and ")));
        }
    }
    if is_kept("src/lib.rs") {
        notes.push(format!(
            "add to your src/lib.rs:\n  pub mod api;\n  pub mod controllers;\n\n{MANAGER}"
        ));
    }
    if let Some(package) = around.package.as_ref().filter(|_| is_kept("src/main.rs")) {
        let library = names::crate_name(&package.name);
        notes.push(format!("`myop manifests` asks your program, so let its main end with {library}::manager().main()"));
    }
    notes
}

/// What an operator's library has besides its modules.
const MANAGER: &str = "  \
  pub fn manager() -> myop::Manager {
      controllers::register(myop::Manager::new(env!(\"CARGO_PKG_NAME\"), api::kinds()))
  }";

/// What a package's Cargo.toml was given, and what it has otherwise than myop needs it.
pub(super) fn on_dependencies(
    project: &Project,
    around: &Surroundings,
) -> Result<Vec<String>, Error> {
    let Some(package) = &around.package else {
        return Ok(Vec::new());
    };
    let files = scaffold::project(project, None)?;
    let (_, additions) = package.with_dependencies_of(&files[package::FILE]);
    let mut notes = Vec::new();
    if !additions.added.is_empty() {
        let added: BTreeSet<_> = additions.added.into_iter().collect();
        let added = Vec::from_iter(added);
        notes.push(format!("added to your Cargo.toml: {}", added.join(", ")));
    }
    notes.extend(
        additions
            .differing
            .into_iter()
            .map(|one| format!("first mend your Cargo.toml: {one}")),
    );
    notes.extend(package.peculiarities());
    Ok(notes)
}

/// Whether a .gitignore has a line for this path, anchored or not.
fn ignores(gitignore: &str, path: &str) -> bool {
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    gitignore.lines().any(|line| bare(line) == bare(path))
}
