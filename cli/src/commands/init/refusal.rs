//! Why a project can't be made.

use std::path::PathBuf;

use myop_model::names::NameError;

/// A project that can't be made.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{} is the project {name} of domain {domain} already", .folder.display())]
    Other {
        folder: PathBuf,
        name: String,
        domain: String,
    },
    #[error("{} is the project {name} already, whose operator works in {}", .folder.display(), scope(*.namespaced))]
    OtherScope {
        folder: PathBuf,
        name: String,
        namespaced: bool,
    },
    #[error("{} is the project {name} already, under another licence or none", .folder.display())]
    OtherLicense {
        folder: PathBuf,
        name: String,
        help: String,
    },
    #[error("{} is a file, and a project is a folder", .folder.display())]
    File { folder: PathBuf },
    #[error("{} has no name to call the project by: give one by --project-name", .folder.display())]
    Nameless { folder: PathBuf },
    #[error("{name}")]
    FolderName { name: NameError, help: String },
    #[error("the workspace has a package {name} already, in {}", .folder.display())]
    Package { name: String, folder: PathBuf },
    #[error("the package of this folder can't become a project of its name: {wrong}")]
    PackageName { wrong: NameError },
    #[error("{} holds the package {package}, whose name the project has to have", .folder.display())]
    OtherPackage { folder: PathBuf, package: String },
}

impl Refusal {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::FolderName { help, .. } | Self::OtherLicense { help, .. } => Some(help),
            Self::Package { .. } => Some("give the project another name by --project-name"),
            Self::PackageName { .. } => {
                Some("rename the package in its Cargo.toml, or make the project in another folder")
            }
            Self::OtherPackage { .. } => Some("leave --project-name away"),
            Self::OtherScope {
                namespaced: true, ..
            } => Some("change it by `myop edit --namespaced=false`"),
            Self::OtherScope { .. } => Some("change it by `myop edit --namespaced`"),
            Self::Other { .. } => Some(
                "change the domain by `myop edit --domain`, or make another project in another folder",
            ),
            Self::Nameless { .. } | Self::File { .. } => None,
        }
    }
}

/// Where an operator works, in words.
fn scope(namespaced: bool) -> &'static str {
    if namespaced {
        "its own namespace"
    } else {
        "all namespaces"
    }
}
