//! What is to be changed, written down before anything is: whoever finds it completes or undoes it.
//!
//! A journal lies in the nearest folder that all changed files have in common, and is there already. It has two lines:
//!
//! ```text
//! {"command":"myop create api …","folders":["src/api/v1"],"steps":[{"path":"PROJECT","old":"…","new":"…"},…]}
//! staged
//! ```
//!
//! The first one holds every text before and after, so that what was interrupted can be told from what somebody edited
//! since. Where the second one is there, all new texts lie beside their places, and the change is completed; without it,
//! it is undone. The file is locked by the process that is at work on it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::storage::Storage;

/// The journal's file name.
pub(super) const NAME: &str = ".myop-journal";

/// The second line.
const STAGED: &str = "staged\n";

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// What was asked for.
    pub(super) command: String,
    /// The folders that have to be made, each before those inside it.
    pub(super) folders: Vec<PathBuf>,
    /// The changes, in order.
    pub(super) steps: Vec<Step>,
}

/// The change of a file; paths are relative to the journal's folder, or absolute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) path: PathBuf,
    /// The text before, if the file was there.
    pub(super) old: Option<String>,
    /// The text after, unless the file goes.
    pub(super) new: Option<String>,
}

/// A journal that this process holds.
#[derive(Debug)]
pub(super) struct Journal {
    pub(super) path: PathBuf,
    lock: File,
}

/// Why a journal can't be held.
#[derive(Debug)]
pub(super) enum HoldError {
    /// Another process holds it.
    Busy,
    /// Another user has written it: who follows it would write what he wants.
    Foreign,
    Io(io::Error),
}

/// Who runs this program, where files have owners.
#[derive(Debug, Clone, Copy)]
pub(super) struct User(
    #[cfg_attr(not(unix), expect(dead_code, reason = "files have no owners"))] pub(super) u32,
);

#[cfg(unix)]
impl User {
    pub(super) fn current() -> Self {
        Self(rustix::process::geteuid().as_raw())
    }

    fn owns(self, file: &File) -> io::Result<bool> {
        use std::os::unix::fs::MetadataExt as _;
        Ok(file.metadata()?.uid() == self.0)
    }
}

#[cfg(not(unix))]
impl User {
    pub(super) fn current() -> Self {
        Self(0)
    }

    #[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
    fn owns(self, _: &File) -> io::Result<bool> {
        Ok(true)
    }
}

impl Step {
    /// Where the new text lies until it is moved to its place.
    pub(super) fn staged(&self) -> PathBuf {
        let mut name = std::ffi::OsString::from(".myop-");
        name.push(self.path.file_name().unwrap_or_default());
        self.path.with_file_name(name)
    }
}

impl Journal {
    /// Begins one in this folder.
    pub(super) fn begin(
        folder: &Path,
        entry: &Entry,
        storage: &impl Storage,
    ) -> Result<Self, HoldError> {
        let path = folder.join(NAME);
        let lock = File::create_new(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => HoldError::Busy,
            _ => HoldError::Io(error),
        })?;
        let journal = Self { path, lock };
        journal.hold()?;
        serde_json::to_string(entry)
            .map_err(io::Error::from)
            .and_then(|line| storage.append(&journal.path, &(line + "\n")))
            .map_err(HoldError::Io)
            .inspect_err(|_| {
                // Best effort: the error that led here is the one to tell.
                let _ = storage.remove_file(&journal.path);
            })?;
        Ok(journal)
    }

    /// The journal that a process has left in this folder, with what it says, if it has come to say it.
    pub(super) fn left_in(
        folder: &Path,
        user: User,
    ) -> Result<Option<(Self, Option<Entry>, bool)>, HoldError> {
        let path = folder.join(NAME);
        let lock = match File::open(&path) {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(None),
            Err(error) => return Err(HoldError::Io(error)),
        };
        let journal = Self { path, lock };
        if !user.owns(&journal.lock).map_err(HoldError::Io)? {
            return Err(HoldError::Foreign);
        }
        journal.hold()?;
        let text = io::read_to_string(&journal.lock).map_err(HoldError::Io)?;
        // Whoever held it has finished meanwhile.
        if !journal.path.exists() {
            return Ok(None);
        }
        let (first, rest) = text.split_once('\n').unwrap_or_default();
        let entry = serde_json::from_str(first).ok();
        Ok(Some((journal, entry, rest == STAGED)))
    }

    /// All new texts lie beside their places.
    pub(super) fn staged(&self, storage: &impl Storage) -> io::Result<()> {
        storage.append(&self.path, STAGED)
    }

    /// Nothing is left to be done.
    pub(super) fn end(self, storage: &impl Storage) -> io::Result<()> {
        storage.remove_file(&self.path)
    }

    fn hold(&self) -> Result<(), HoldError> {
        self.lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => HoldError::Busy,
            TryLockError::Error(error) => HoldError::Io(error),
        })
    }
}
