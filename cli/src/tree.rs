//! The files that are there.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::{fs, io};

/// A file or folder could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", .path.display())]
pub(crate) struct ReadError {
    path: PathBuf,
    source: io::Error,
}

impl ReadError {
    /// Whether something lies there that is no text, so that it can't be myop's.
    pub(crate) fn is_no_text(&self) -> bool {
        self.source.kind() == io::ErrorKind::InvalidData
    }
}

/// The files of a project, by paths relative to its root.
pub(crate) trait Tree {
    /// The text of a file, if it is there.
    fn read(&self, path: &Path) -> Result<Option<String>, ReadError>;

    /// The files in a folder, without those in folders below it.
    fn files_in(&self, folder: &Path) -> Result<Vec<PathBuf>, ReadError>;
}

/// The files below a folder of the disk. What was read once is read so again: a plan that is made of two states of a file
/// could undo what somebody else has written between them.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    root: PathBuf,
    seen: Rc<RefCell<BTreeMap<PathBuf, Option<String>>>>,
}

impl Disk {
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            seen: Rc::default(),
        }
    }

    /// The same below another folder.
    pub(crate) fn at(&self, root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            seen: self.seen.clone(),
        }
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folders in a folder, without those below them.
    pub(crate) fn folders_in(&self, folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
        self.entries(folder, Path::is_dir)
    }

    /// The entries of a folder that are what is asked for, sorted.
    fn entries(&self, folder: &Path, is: fn(&Path) -> bool) -> Result<Vec<PathBuf>, ReadError> {
        let path = self.root.join(folder);
        let wrong = |source| ReadError {
            path: path.clone(),
            source,
        };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if is_not_there(&error) => return Ok(Vec::new()),
            Err(source) => return Err(wrong(source)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(wrong)?;
            if is(&entry.path()) {
                found.push(folder.join(entry.file_name()));
            }
        }
        found.sort();
        Ok(found)
    }
}

impl Tree for Disk {
    fn read(&self, path: &Path) -> Result<Option<String>, ReadError> {
        let path = self.root.join(path);
        if let Some(seen) = self.seen.borrow().get(&path) {
            return Ok(seen.clone());
        }
        let found = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if is_not_there(&error) => None,
            Err(source) => return Err(ReadError { path, source }),
        };
        self.seen.borrow_mut().insert(path, found.clone());
        Ok(found)
    }

    fn files_in(&self, folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
        self.entries(folder, Path::is_file)
    }
}

/// Where a file stands in for a folder, nothing lies in it.
pub(crate) fn is_not_there(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Files in memory.
impl Tree for BTreeMap<PathBuf, String> {
    fn read(&self, path: &Path) -> Result<Option<String>, ReadError> {
        Ok(self.get(path).cloned())
    }

    fn files_in(&self, folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
        Ok(self
            .keys()
            .filter(|path| path.parent() == Some(folder))
            .cloned()
            .collect())
    }
}
