//! The program that makes one stream of documents of config's folders.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use crate::program;

/// The program, and what it is told.
#[derive(Debug)]
pub(crate) struct Kustomize {
    program: PathBuf,
    verb: &'static str,
}

/// A folder could not be rendered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KustomizeError {
    #[error("there is neither kubectl nor kustomize on the PATH, and one of them renders {0}")]
    NotFound(&'static str),
    #[error("cannot run {command}")]
    NotRun { command: String, source: io::Error },
    #[error("{command} failed in {}: {status}", .folder.display())]
    Failed {
        command: String,
        folder: PathBuf,
        status: ExitStatus,
    },
}

impl KustomizeError {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::NotFound(_) | Self::NotRun { .. } => {
                "install kubectl, which has kustomize in it, or kustomize by itself"
            }
            Self::Failed { .. } => {
                "what it says above is about your files in config; mend them, and ask again"
            }
        }
    }
}

impl Kustomize {
    /// The one that there is in these folders, for a folder to be rendered.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(path: &OsStr, folder: &'static str) -> Result<Self, KustomizeError> {
        let names = [("kubectl", "kustomize"), ("kustomize", "build")];
        let found = names.into_iter().find_map(|(name, verb)| {
            let program = program::find(name, path)?;
            Some(Self { program, verb })
        });
        found.ok_or(KustomizeError::NotFound(folder))
    }

    /// The documents of a folder of a project; what the program has to say besides goes to standard error.
    ///
    /// # Errors
    /// When the program can't be run, or finds a mistake.
    pub(crate) fn render(&self, root: &Path, folder: &str) -> Result<String, KustomizeError> {
        let command = format!("{} {} {folder}", self.program.display(), self.verb);
        let run = Command::new(&self.program)
            .args([self.verb, folder])
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output();
        let output = match run {
            Ok(output) => output,
            Err(source) => return Err(KustomizeError::NotRun { command, source }),
        };
        if !output.status.success() {
            return Err(KustomizeError::Failed {
                command,
                folder: root.to_owned(),
                status: output.status,
            });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::env::{self, consts::EXE_SUFFIX};

    use super::*;

    #[test]
    fn kubectl_comes_first_wherever_it_lies() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let path = env::join_paths(folders.iter().map(tempfile::TempDir::path)).unwrap();
        let find = || Kustomize::find(&path, "config/default");
        let error = find().unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is neither kubectl nor kustomize on the PATH, and one of them renders config/default"
        );
        // A folder of that name is no program.
        std::fs::create_dir(folders[0].path().join(format!("kubectl{EXE_SUFFIX}"))).unwrap();
        for (folder, name, verb) in [(0, "kustomize", "build"), (1, "kubectl", "kustomize")] {
            let program = folders[folder].path().join(format!("{name}{EXE_SUFFIX}"));
            std::fs::write(&program, "").unwrap();
            let found = find().unwrap();
            assert_eq!((found.program, found.verb), (program, verb));
        }
    }
}
