//! A new project is a git repository, as `cargo new` does it.

use std::path::Path;
use std::process::{Command, Stdio};

/// Makes the folder a repository, unless it lies in one or there is no git.
pub(crate) fn init(folder: &Path) {
    if !is_in_work_tree(folder) {
        // A project without git is a project all the same.
        let _ = git(folder, &["init", "--quiet"]);
    }
}

/// A folder that the repository around it ignores is not taken for a part of it.
fn is_in_work_tree(folder: &Path) -> bool {
    let succeeds = |arguments| git(folder, arguments).is_some_and(|status| status.success());
    succeeds(&["rev-parse", "--is-inside-work-tree"])
        && !succeeds(&["check-ignore", "--quiet", "."])
}

fn git(folder: &Path, arguments: &[&str]) -> Option<std::process::ExitStatus> {
    let silent = || Stdio::null();
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .stdin(silent())
        .stdout(silent())
        .stderr(silent())
        .status()
        .ok()
}
