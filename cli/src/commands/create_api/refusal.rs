//! Why a request does not fit to what is there.

use myop_model::names::NameError;

use crate::layout;

/// A request that does not fit to what is there.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("--group {group} ends in the project's domain, and would become {group}.{domain}")]
    WholeGroup {
        group: String,
        domain: String,
        help: String,
    },
    #[error("the operator works in its own namespace, and an object of kind {0} would be in none")]
    ClusterScoped(String),
    #[error("{kind} {version} is there and is {}", layout::scope(*.namespaced))]
    OtherScope {
        kind: String,
        version: String,
        namespaced: bool,
    },
    #[error("{kind} is Kubernetes' own and {}", layout::scope(*.namespaced))]
    ForeignScope { kind: String, namespaced: bool },
    #[error("{kind} {version} is there and its plural is {plural}")]
    OtherPlural {
        kind: String,
        version: String,
        plural: String,
    },
    #[error("there is no {kind} {version} of group {group} to add a controller to")]
    NoResource {
        kind: String,
        version: String,
        group: String,
        help: String,
    },
    #[error("{kind} {version} is there as {path}")]
    OtherPath {
        kind: String,
        version: String,
        path: String,
    },
    #[error("`{0}` is not the path of a Rust type of another crate")]
    Path(String),
    #[error("`{path}` does not end in the kind, {kind}")]
    PathOfAnother { path: String, kind: String },
    #[error("the project has a controller {name} already, of {kind}")]
    SameController { name: String, kind: String },
    #[error(
        "{kind} has a controller, src/controllers/{file}.rs, which reconciles version {version}; a kind has one"
    )]
    OtherController {
        kind: String,
        version: String,
        file: String,
    },
    #[error("with --resource=false and --controller=false there is nothing to create")]
    Nothing,
    #[error(
        "the controller's code names myop's or Kubernetes' own {kind}, which the kind would hide"
    )]
    Hidden { kind: String },
    #[error("the controller would be called by its group and kind, and {0}")]
    ControllerName(NameError),
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::WholeGroup { help, .. } | Self::NoResource { help, .. } => help,
            Self::ClusterScoped(_) => {
                "leave --namespaced=false away, or make a project whose operator works in all namespaces: `myop init` without --namespaced"
            }
            Self::OtherScope { .. } | Self::OtherPlural { .. } => {
                "its type is yours to change: edit #[resource], then run `myop manifests`"
            }
            Self::ForeignScope { .. } => "leave --namespaced away",
            Self::OtherPath { .. } => "its controller is yours to change: edit the `use` there",
            Self::Path(_) => "pass one such as certs::v1::Certificate",
            Self::PathOfAnother { .. } => "pass the type's own name as --kind",
            Self::SameController { .. } => {
                "choose another name: logs and metrics tell controllers apart by it"
            }
            Self::OtherController { .. } => {
                "edit that file to reconcile another version, or name a further one by --controller-name"
            }
            Self::Nothing => "leave one of them away",
            Self::Hidden { .. } => {
                "choose another kind, or write the controller yourself: --controller=false"
            }
            Self::ControllerName(_) => {
                "choose a shorter group, or write the controller yourself: --controller=false"
            }
        }
    }
}
