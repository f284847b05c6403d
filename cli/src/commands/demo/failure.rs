//! Why the demo did not come to its end.

use std::io;
use std::path::PathBuf;

use crate::live::objects::ObjectError;

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot make a folder in {}", .parent.display())]
    NoFolder { parent: PathBuf, source: io::Error },
    #[error("the folder for temporary files lies in the cargo workspace of {}", .0.display())]
    InWorkspace(PathBuf),
    #[error("cannot copy {}", .file.display())]
    NotCopied { file: PathBuf, source: io::Error },
    #[error("{what} within {seconds} s")]
    Late { what: String, seconds: u64 },
    #[error("the operator did not leave MyApp {0} alone")]
    NotIgnored(&'static str),
    #[error("the API server refuses what the demo asks for")]
    Refused(#[from] ObjectError),
    #[error("the demo was stopped; nothing of it is left")]
    Stopped,
}

impl Failure {
    /// The way out.
    pub(crate) fn help(&self) -> Option<&str> {
        match self {
            Self::NoFolder { .. } | Self::InWorkspace(_) => {
                Some("name another folder by the environment variable TMPDIR")
            }
            _ => None,
        }
    }
}
