//! The file by which kubectl finds a cluster, which is there as long as the cluster is.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::shell;

/// The first line, by which a file is known that may be written anew.
const HEADER: &str = "# Made by myop for a cluster of its own, and removed when that ends.\n";

/// A kubeconfig that goes with this value. None but its user can read it.
#[derive(Debug)]
pub(crate) struct KubeconfigFile {
    path: PathBuf,
    text: String,
}

/// The file can't be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KubeconfigError {
    #[error("{} is there already, and is not myop's to write over", .0.display())]
    Foreign(PathBuf),
    #[error("cannot write the kubeconfig {}", .path.display())]
    NotWritten { path: PathBuf, source: io::Error },
}

impl KubeconfigError {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::Foreign(_) => "name a file by --kubeconfig that is not there yet",
            Self::NotWritten { .. } => "name another file by --kubeconfig",
        }
    }
}

impl KubeconfigFile {
    /// Writes one at this path.
    ///
    /// # Errors
    /// Where something else lies there, or nothing can be written.
    pub(crate) fn at(path: PathBuf, kubeconfig: &str) -> Result<Self, KubeconfigError> {
        match fs::read_to_string(&path) {
            Ok(found) if !found.starts_with(HEADER) => return Err(KubeconfigError::Foreign(path)),
            _ => {}
        }
        let text = format!("{HEADER}{kubeconfig}");
        match write(&path, &text) {
            Ok(()) => Ok(Self { path, text }),
            Err(source) => Err(KubeconfigError::NotWritten { path, source }),
        }
    }

    /// Writes one of a name of its own in this folder.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub(crate) fn new_in(folder: &Path, kubeconfig: &str) -> Result<Self, KubeconfigError> {
        let text = format!("{HEADER}{kubeconfig}");
        let made = tempfile::Builder::new()
            .prefix("myop-")
            .suffix(".kubeconfig")
            .tempfile_in(folder)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.into_temp_path().keep().map_err(io::Error::from)
            });
        match made {
            Ok(path) => Ok(Self { path, text }),
            Err(source) => Err(KubeconfigError::NotWritten {
                path: folder.to_owned(),
                source,
            }),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// All at once, and readable for nobody else from the beginning.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        let missing = format!("there is no folder {}", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, missing));
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl Drop for KubeconfigFile {
    fn drop(&mut self) {
        // Somebody may have put another file in its place.
        if fs::read_to_string(&self.path).is_ok_and(|found| found == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The line that makes kubectl use a kubeconfig.
pub(crate) fn export(path: &Path) -> String {
    format!("export KUBECONFIG={}", shell::word(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_somebody_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "mine").unwrap();
        let refused = KubeconfigFile::at(path.clone(), "ours").unwrap_err();
        assert!(matches!(refused, KubeconfigError::Foreign(_)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");

        fs::remove_file(&path).unwrap();
        let first = KubeconfigFile::at(path.clone(), "ours").unwrap();
        let second = KubeconfigFile::at(path.clone(), "ours, again").unwrap();
        drop(first);
        assert!(path.exists(), "it is the second's");
        drop(second);
        assert!(!path.exists());
    }
}
