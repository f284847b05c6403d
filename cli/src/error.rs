//! Why a command could not do what it was asked.

use std::error::Error as _;
use std::fmt::Write as _;

use myop_manifests::{CrdError, FactsError, ManifestError, SettingsError, SourceError};
use myop_model::names::NameError;

use crate::agreement::Disagreement;
use crate::commands::{
    build_installer, create_api, delete_api, demo, edit, init, man, manifests, webhook,
};
use crate::definitions::Refused;
use crate::excerpt::{Excerpt, Look};
use crate::layout::Collision;
use crate::live::cluster::ClusterError;
use crate::live::kubeconfig::KubeconfigError;
use crate::live::samples::SampleError;
use crate::live::session::SessionError;
use crate::package::PackageError;
use crate::plan::{CarryOutError, Plan, PlanError};
use crate::project::ProjectError;
use crate::tree::ReadError;
use crate::workspace::WorkspaceError;

/// What the exit codes say, for `myop --help` and the reference.
pub(crate) const EXIT_CODES: [(u8, &str); 3] = [
    (0, "done, or nothing to do"),
    (1, "failed, or stale by --check"),
    (
        2,
        "refused: it does not fit to what is there, or makes no sense; nothing was changed",
    ),
];

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot tell the current folder")]
    Here(#[source] std::io::Error),
    #[error("cannot write to standard output")]
    Say(#[source] std::io::Error),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Collision(#[from] Collision),
    #[error(transparent)]
    Edit(#[from] edit::Refusal),
    #[error(transparent)]
    Init(#[from] init::Refusal),
    #[error(transparent)]
    CreateApi(#[from] create_api::Refusal),
    #[error(transparent)]
    DeleteApi(#[from] delete_api::Refusal),
    #[error(transparent)]
    Manifests(#[from] manifests::Failure),
    #[error(transparent)]
    BuildInstaller(#[from] build_installer::Failure),
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    #[error(transparent)]
    Kubeconfig(#[from] KubeconfigError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Demo(#[from] demo::Failure),
    #[error(transparent)]
    Man(#[from] man::Refusal),
    #[error(transparent)]
    Webhook(#[from] webhook::Refusal),
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(transparent)]
    Facts(#[from] FactsError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Crds(#[from] CrdError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    CarryOut(#[from] CarryOutError),
    #[error(transparent)]
    Templates(#[from] myop_templates::Error),
    /// The one part of a command that stays when the rest fails: the lists are right, and the build needs them.
    #[error("what follows from PROJECT was written, and config was not")]
    ListsOnly { done: String, source: Box<Self> },
    /// As above: config is right, and what is made of it is not there.
    #[error("config was brought up to date, and dist/install.yaml was not written")]
    ConfigOnly { done: String, source: Box<Self> },
}

impl Error {
    /// This error, once the lists were changed like this.
    pub(crate) fn after_lists(self, done: &Plan) -> Self {
        if done.is_empty() {
            return self;
        }
        Self::ListsOnly {
            done: done.to_string(),
            source: Box::new(self),
        }
    }

    /// This error, once config was changed with these words.
    pub(crate) fn after_config(self, done: String) -> Self {
        if done.is_empty() {
            return self;
        }
        Self::ConfigOnly {
            done,
            source: Box::new(self),
        }
    }

    /// The exit code: 2 for a request that is refused, 1 for one that failed.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Name(_)
            | Self::Collision(_)
            | Self::Init(_)
            | Self::CreateApi(_)
            | Self::DeleteApi(_)
            | Self::Edit(_)
            | Self::Man(_)
            | Self::Webhook(_)
            | Self::Manifests(
                manifests::Failure::NoKinds { .. }
                | manifests::Failure::NoCrate { .. }
                | manifests::Failure::NoFolder { .. }
                | manifests::Failure::NoProject
                | manifests::Failure::NoFiles { .. },
            )
            | Self::Package(PackageError::Virtual { .. })
            | Self::Source(SourceError::Manifest(ManifestError::NoFeature { .. }))
            | Self::Project(
                ProjectError::None | ProjectError::Lost { .. } | ProjectError::Kubebuilder { .. },
            )
            | Self::Plan(
                PlanError::InTheWay { .. }
                | PlanError::NoFolder { .. }
                | PlanError::Edited { .. }
                | PlanError::Conflict { .. },
            )
            | Self::CarryOut(
                CarryOutError::Edited { .. }
                | CarryOutError::Unsettled { .. }
                | CarryOutError::Foreign { .. },
            ) => 2,
            Self::ListsOnly { source, .. } | Self::ConfigOnly { source, .. } => source.code(),
            _ => 1,
        }
    }

    /// The error as it is told: what is wrong, why, and where in the sources.
    pub(crate) fn told(&self, look: Look) -> String {
        let (first, word) = match self {
            Self::ListsOnly { .. } | Self::ConfigOnly { .. } => {
                (format!("error: {self}\n"), "note")
            }
            _ => (String::new(), "error"),
        };
        let excerpts = self.excerpts().iter();
        let drawn: String = excerpts.map(|excerpt| excerpt.drawn(word, look)).collect();
        if drawn.is_empty() {
            return self.in_lines();
        }
        first + &drawn
    }

    /// What is wrong with sources, at its place.
    pub(crate) fn excerpts(&self) -> &[Excerpt] {
        match self {
            Self::Manifests(failure) => failure.excerpts(),
            Self::Refused(refused) => refused.excerpts(),
            Self::ListsOnly { source, .. } | Self::ConfigOnly { source, .. } => source.excerpts(),
            _ => &[],
        }
    }

    /// The error and its causes, a line each.
    fn in_lines(&self) -> String {
        let mut text = format!("error: {self}\n");
        let mut cause = self.source();
        while let Some(error) = cause {
            let _ = writeln!(text, "note: {error}");
            cause = error.source();
        }
        text
    }

    /// What to print on standard output all the same.
    pub(crate) fn output(&self) -> String {
        match self {
            Self::Manifests(manifests::Failure::Stale { diff, .. }) => diff.clone(),
            Self::ListsOnly { done, .. } | Self::ConfigOnly { done, .. } => done.clone(),
            Self::Plan(error) => error.by_hand(),
            Self::Session(error) => error.said().to_owned(),
            _ => String::new(),
        }
    }

    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::Plan(PlanError::NoFolder { .. }) => {
                Some("move it away and ask again; nothing was changed")
            }
            Self::Plan(PlanError::InTheWay { .. }) => {
                Some("move them away and ask again; nothing was changed")
            }
            Self::Plan(PlanError::Edited { .. }) => Some(
                "keep them where they are by --keep-edited, or let them go by --force; nothing was changed",
            ),
            Self::Plan(PlanError::Conflict { .. }) => Some(
                "make these changes yourself, and ask again with --keep-edited; nothing was changed",
            ),
            Self::CarryOut(error) => Some(error.help()),
            Self::Package(PackageError::Virtual { .. }) => Some(
                "make the project in a folder of its own, which becomes a member: `myop init NAME`",
            ),
            Self::Edit(refusal) => Some(refusal.help()),
            Self::DeleteApi(refusal) => Some(refusal.help()),
            Self::Manifests(failure) => Some(failure.help()),
            Self::Project(error) => error.help(),
            Self::Disagreement(disagreement) => Some(disagreement.help()),
            Self::Refused(refused) => Some(refused.help()),
            Self::Collision(collision) => Some(collision.help()),
            Self::Facts(FactsError::NoDocument { .. }) => {
                Some("print nothing to standard output before `manager().main()`")
            }
            Self::Facts(FactsError::OtherEdition(_)) => {
                Some("myop and the operator's dependency `myop` must be of the same edition")
            }
            Self::Init(refusal) => refusal.help(),
            Self::CreateApi(refusal) => Some(refusal.help()),
            Self::BuildInstaller(failure) => failure.help(),
            Self::Cluster(error) => error.help(),
            Self::Kubeconfig(error) => Some(error.help()),
            Self::Demo(failure) => failure.help(),
            Self::Man(refusal) => Some(refusal.help()),
            Self::Webhook(refusal) => refusal.help(),
            Self::ListsOnly { source, .. } | Self::ConfigOnly { source, .. } => source.help(),
            _ => None,
        }
    }
}
