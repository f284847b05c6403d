//! Why manifests could not be made, or are not as they should be.

use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use myop_manifests::{Place as SourcePlace, SourceError, Unread};
use myop_model::Error as Mistake;

use crate::commands::Place;
use crate::error::Error;
use crate::excerpt::Excerpt;

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
    #[error("{}", lines(.0))]
    NoRust(Vec<Excerpt>),
    #[error("{}", lines(.0))]
    Unread(Vec<Excerpt>),
    #[error("{}", lines(.0))]
    UnreadKinds(Vec<Excerpt>),
    #[error("the crate {package} has no kinds")]
    NoKinds { package: String },
    #[error("{folder} has a workspace, and no crate")]
    NoCrate { folder: String, help: String },
    #[error("{file} is a file, and a crate is named by its folder or its Cargo.toml")]
    NoFolder { file: String },
    #[error("no PROJECT file here or above; run `myop init` first")]
    NoProject,
    #[error("`{flag}` is about files, and `--output -` prints")]
    NoFiles { flag: &'static str },
    #[error("{}", lines(.0))]
    Mistakes(Vec<Excerpt>),
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
        let told = told.map(|(place, error)| Excerpt::new(place, root, error));
        Self::Mistakes(told.collect())
    }

    /// What only the operator's program knows.
    pub(super) fn unread(root: &Path, unread: &Unread) -> Self {
        Self::Unread(vec![Excerpt::new(&unread.place, root, &unread.why)])
    }

    /// That sources can't be read.
    pub(super) fn of_source(root: &Path, error: SourceError) -> Error {
        match error {
            SourceError::NoRust { place, message } => {
                Self::NoRust(vec![Excerpt::new(&place, root, &message)]).into()
            }
            error => error.into(),
        }
    }

    /// What is wrong with sources, at its place.
    pub(crate) fn excerpts(&self) -> &[Excerpt] {
        match self {
            Self::NoRust(all)
            | Self::Unread(all)
            | Self::UnreadKinds(all)
            | Self::Mistakes(all) => all,
            _ => &[],
        }
    }

    /// What only a program would know, each at its place.
    pub(super) fn unread_kinds(root: &Path, unread: &[Unread]) -> Self {
        let told = unread.iter();
        let told = told.map(|unread| Excerpt::new(&unread.place, root, &unread.why));
        Self::UnreadKinds(told.collect())
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
            Self::Unread(_) => "leave out `--static`, and the operator is built and asked",
            Self::UnreadKinds(_) => {
                "nothing was written: mend it, or write what can be read, such as a literal; what only a program knows, print by kube's `crd()`"
            }
            Self::NoKinds { .. } => {
                "a kind is a struct with `#[derive(CustomResource)]` and `#[kube(...)]`; one that a macro writes is not seen"
            }
            Self::NoProject => {
                "the definitions of a crate without PROJECT: `myop manifests --crate .`"
            }
            Self::NoFolder { .. } => "its kinds are found in all its files: `--crate .`",
            Self::NoFiles { .. } => "name the folder: `--output DIR`",
            Self::NoRust(_) => "nothing was written: the compiler says the same",
            Self::Mistakes(_) => "nothing was written",
            Self::NoCrate { help, .. } | Self::Stale { help, .. } => help,
            Self::NoSource { .. } => {
                "put the file back, or PROJECT right: what it does not have is no part of the operator"
            }
        }
    }
}

fn lines(all: &[Excerpt]) -> String {
    let lines: Vec<_> = all.iter().map(Excerpt::line).collect();
    lines.join("\n")
}
