//! Why manifests could not be made, or are not as they should be.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use myop_manifests::{Place as SourcePlace, Unread};
use myop_model::Error as Mistake;

use crate::commands::Place;

/// The manifests could not be made, or are not as they should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("there is no {cargo}, which has to build the operator to ask it for its declarations")]
    NoCargo { cargo: String },
    #[error("cannot run {command} in {}", .folder.display())]
    NotRun {
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
    #[error("{unread}")]
    Unread { unread: Unread },
    #[error("{}", lines(.0))]
    UnreadKinds(Vec<Unread>),
    #[error("the crate {package} has no kinds")]
    NoKinds { package: String },
    #[error("{folder} has a workspace, and no crate")]
    NoCrate { folder: String, help: String },
    #[error("no PROJECT file here or above; run `myop init` first")]
    NoProject,
    #[error("`{flag}` is about files, and `--output -` prints")]
    NoFiles { flag: &'static str },
    #[error("{}", lines(.0))]
    Mistakes(Vec<String>),
    #[error("{what} is stale")]
    Stale {
        what: String,
        diff: String,
        help: String,
    },
    #[error("PROJECT has {kind} {version}, and {file} is not there")]
    NoSource {
        kind: String,
        version: String,
        file: String,
    },
}

impl Failure {
    /// What is wrong with myop's attributes, each at its place.
    pub(super) fn mistakes(root: &Path, mistakes: &[(SourcePlace, Mistake)]) -> Self {
        let told = mistakes.iter();
        let told = told.map(|(place, error)| format!("{}: {error}", place.clone().below(root)));
        Self::Mistakes(told.collect())
    }

    /// What only a program would know, each at its place.
    pub(super) fn unread_kinds(root: &Path, unread: Vec<Unread>) -> Self {
        let unread = unread.into_iter().map(|one| one.below(root));
        Self::UnreadKinds(unread.collect())
    }

    /// That a folder has a workspace, whose crates with kinds may be these.
    pub(super) fn no_crate(folder: String, crates: &[String]) -> Self {
        let help = match crates {
            [] => "none of its crates depends on kube".to_owned(),
            crates => {
                let crates = crates.iter().map(|krate| format!("`--crate {krate}`"));
                let crates: Vec<_> = crates.collect();
                format!(
                    "name one of its crates that depend on kube: {}",
                    crates.join(", ")
                )
            }
        };
        Self::NoCrate { folder, help }
    }

    /// That files are not what they should be.
    pub(super) fn stale(what: &str, diff: String, place: &Place) -> Self {
        let command = place.command.replace(" --check", "");
        Self::Stale {
            what: what.to_owned(),
            diff,
            help: format!("run `{command}`"),
        }
    }

    /// That there is no cargo where one is looked for.
    pub(crate) fn no_cargo(place: &Place) -> Self {
        let cargo = place.cargo.display().to_string();
        Self::NoCargo { cargo }
    }

    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::NoCargo { .. } | Self::NotRun { .. } => {
                "install Rust, or name a cargo by the environment variable CARGO"
            }
            Self::Cargo { .. } => {
                "the manifests come from the operator's program, which must build"
            }
            Self::Unread { .. } => "leave out `--static`, and the operator is built and asked",
            Self::UnreadKinds(_) => {
                "there is no program to ask, and nothing was written: put there what can be read, a literal for example"
            }
            Self::NoKinds { .. } => {
                "a kind is a struct with `#[derive(CustomResource)]` and `#[kube(...)]`; one that a macro writes is not seen"
            }
            Self::NoCrate { help, .. } => help,
            Self::NoProject => {
                "the definitions of a crate without PROJECT: `myop manifests --crate .`"
            }
            Self::NoFiles { .. } => "name the folder: `--output DIR`",
            Self::Mistakes(_) => "nothing was written: the compiler says the same",
            Self::Stale { help, .. } => help,
            Self::NoSource { .. } => {
                "put the file back, or PROJECT right: what it does not have is no part of the operator"
            }
        }
    }
}

fn lines<T: ToString>(all: &[T]) -> String {
    let lines: Vec<_> = all.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
