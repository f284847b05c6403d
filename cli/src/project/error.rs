//! Why a PROJECT can't be used, and where it is wrong.

use std::path::{Path, PathBuf};

use myop_model::names::NameError;
use myop_model::nearest;

use super::LAYOUT;
use crate::layout::Collision;
use crate::tree::ReadError;

/// There is no project, or none that this myop understands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error("no PROJECT file here or above; run `myop init` first")]
    None,
    #[error("PROJECT is lost, from which {} was made", .list.display())]
    Lost { list: PathBuf },
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Malformed(Box<Malformed>),
    #[error("{} is Kubebuilder's: its layout is {layout}", .path.display())]
    Kubebuilder { path: PathBuf, layout: String },
    #[error("{} is of a newer myop: its layout is {layout}, and this one knows \"{LAYOUT}\"", .path.display())]
    Newer { path: PathBuf, layout: String },
    #[error("{} is of another tool: {}, where myop writes \"{LAYOUT}\"", .path.display(), words(.layout))]
    Foreign { path: PathBuf, layout: String },
    #[error("{} is wrong about {resource}: {wrong}", .path.display())]
    Invalid {
        path: PathBuf,
        resource: String,
        wrong: Box<InvalidError>,
    },
}

/// What is no PROJECT, and where.
#[derive(Debug, thiserror::Error)]
#[error("cannot understand {}, line {}, column {}: {what}\n{snippet}", .path.display(), .at.0, .at.1)]
pub(crate) struct Malformed {
    path: PathBuf,
    /// Line and column, from 1.
    at: (usize, usize),
    what: String,
    snippet: String,
    help: Option<String>,
}

/// Why an entry of PROJECT can't be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Collision(#[from] Collision),
    #[error("it is there twice")]
    Twice,
    #[error("its domain is {domain}, and the project's is {projects}")]
    Domain { domain: String, projects: String },
    #[error(
        "it has either `crdVersion`, where the project defines the kind, or `path`, where another crate does"
    )]
    Origin,
    #[error("two controllers are called {0}")]
    Controllers(String),
}

impl ProjectError {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Lost { .. } => Some("restore it, by `git checkout PROJECT` or from a copy"),
            Self::Malformed(malformed) => malformed.help.as_deref(),
            Self::Kubebuilder { .. } => {
                Some("make a project of myop's beside it: `myop init NAME --domain DOMAIN`")
            }
            Self::Newer { .. } => Some("update myop: `cargo install myop-cli`"),
            Self::Invalid { .. } => Some("put it right, or restore it by `git checkout PROJECT`"),
            Self::None | Self::Read(_) | Self::Foreign { .. } => None,
        }
    }
}

fn words(layout: &str) -> String {
    if layout.is_empty() {
        "it has no layout".to_owned()
    } else {
        format!("its layout is {layout:?}")
    }
}

/// What is wrong where, and which line that is.
pub(super) fn malformed(path: &Path, text: &str, error: &serde_yaml::Error) -> ProjectError {
    let place = error.location();
    let number = |number: u64| usize::try_from(number).unwrap_or(1).max(1);
    let at = place.map_or((1, 1), |place| {
        (number(place.line()), number(place.column()))
    });
    let message = error.without_snippet().to_string();
    let message = message.lines().next().unwrap_or_default();
    let place = format!(" at line {}, column {}", at.0, at.1);
    let what = message.strip_suffix(&place).unwrap_or(message);
    let what = if text.contains("<<<<<<<") {
        "a merge of git's has left its marks".to_owned()
    } else {
        // What follows is about the library's options.
        let what = what.split("; set ").next().unwrap_or(what);
        let what = what.split("; use ").next().unwrap_or(what);
        what.replace("expected sequence start", "expected a list")
    };
    let line = text.lines().nth(at.0 - 1).unwrap_or_default();
    let margin = " ".repeat(at.0.to_string().len());
    let caret = " ".repeat(at.1 - 1);
    ProjectError::Malformed(Box::new(Malformed {
        path: path.to_owned(),
        snippet: format!("{margin} |\n{} | {line}\n{margin} | {caret}^", at.0),
        help: meant(&what)
            .or_else(|| Some("put it right, or restore it by `git checkout PROJECT`".to_owned())),
        what,
        at,
    }))
}

/// The field that was meant by an unknown one.
fn meant(what: &str) -> Option<String> {
    let (_, rest) = what.split_once("unknown field `")?;
    let (field, rest) = rest.split_once('`')?;
    let (_, known) = rest.split_once("expected one of ")?;
    let nearest = nearest(field, known.split(", "))?;
    Some(format!("did you mean `{nearest}`?"))
}
