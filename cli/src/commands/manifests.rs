//! `myop manifests`: config/crd and config/rbac from what the operator declares.

use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use clap::Args;
use myop_manifests::{FOLDERS, Facts};

use super::Place;
use crate::answer::Answer;
use crate::error::Error;
use crate::plan::{self, Plan, Wanted};
use crate::project::Project;
use crate::tree::Disk;

/// Write config/crd and config/rbac from what the code declares
///
/// Builds the operator and asks it for its kinds and the access that it needs.
/// A file that myop wrote there before and that has no source any more is removed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  myop manifests
  myop manifests --check     in CI: fails when something is stale, and shows what")]
pub(crate) struct Manifests {
    /// Write nothing: print what would change, and fail if anything would
    #[arg(long)]
    check: bool,
}

/// The manifests could not be made, or are not as they should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot run {command} in {}", .folder.display())]
    NoCargo {
        command: String,
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("{command} failed in {}: {status}", .folder.display())]
    Cargo {
        command: String,
        folder: PathBuf,
        status: ExitStatus,
    },
    #[error("config is stale")]
    Stale { diff: String },
}

impl Failure {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::NoCargo { .. } => {
                "install Rust, or name a cargo by the environment variable CARGO"
            }
            Self::Cargo { .. } => {
                "the manifests come from the operator's program, which must build"
            }
            Self::Stale { .. } => "run `myop manifests`",
        }
    }
}

impl Manifests {
    /// Writes or checks the manifests.
    pub(crate) fn run(self, place: &Place) -> Result<Answer, Error> {
        let (root, project) = Project::find(&place.folder)?;
        let facts = Facts::read(&ask(&place.cargo, &root)?)?;
        let plan = Plan::new(wanted(&facts, &project.domain)?, &Disk::new(&root))?;
        if plan.is_empty() {
            return Ok(Answer::lines(["config is up to date"]));
        }
        if self.check {
            return Err(Failure::Stale { diff: plan.diff() }.into());
        }
        plan::carry_out(&plan, &root)?;
        Ok(Answer {
            text: plan.to_string(),
            notes: Vec::new(),
        })
    }
}

/// The files that follow from the facts.
fn wanted(facts: &Facts, domain: &str) -> Result<Wanted, Error> {
    let mut wanted = Wanted::default();
    wanted.generated(myop_manifests::files(facts, domain)?);
    for folder in FOLDERS {
        wanted.sweep(folder);
    }
    Ok(wanted)
}

/// What the operator's program prints; what cargo has to say goes to standard error. A first build
/// takes minutes, so who sits at a terminal sees how it gets on.
fn ask(cargo: &OsStr, root: &Path) -> Result<String, Failure> {
    let arguments: &[&str] = if std::io::stderr().is_terminal() {
        &["run", "--", "manifests"]
    } else {
        &["run", "--quiet", "--", "manifests"]
    };
    let folder = root.to_owned();
    let command = format!("{} {}", cargo.display(), arguments.join(" "));
    let output = match Command::new(cargo)
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
    {
        Ok(output) => output,
        Err(source) => {
            return Err(Failure::NoCargo {
                command,
                folder,
                source,
            });
        }
    };
    if !output.status.success() {
        return Err(Failure::Cargo {
            command,
            folder,
            status: output.status,
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
