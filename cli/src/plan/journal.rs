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
//! it is undone. The folder is locked by the process that is at work in it.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

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

/// The change of a file; paths are relative to the journal's folder.
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
    _lock: Lock,
}

/// A folder in which no other process begins or follows a journal.
#[derive(Debug)]
struct Lock {
    /// None where the disk knows no locks.
    _file: Option<File>,
}

/// Why a journal can't be held.
#[derive(Debug)]
pub(super) enum HoldError {
    /// Another process holds it.
    Busy,
    /// Another user has written it, or it names files elsewhere: who follows it would write what somebody else wants.
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
    /// Where the file really lies: a link to it is written through, and stays one.
    pub(super) fn place(&self, folder: &Path) -> PathBuf {
        let path = folder.join(&self.path);
        let real = self.new.as_ref().and_then(|_| path.canonicalize().ok());
        real.unwrap_or(path)
    }
}

/// Where the new text of a file lies until it is moved to its place.
pub(super) fn staged(place: &Path) -> PathBuf {
    let mut name = OsString::from(".myop-");
    name.push(place.file_name().unwrap_or_default());
    place.with_file_name(name)
}

impl Lock {
    /// What is locked is the folder itself: a file of its own could be removed and made anew by others meanwhile.
    fn hold(folder: &Path) -> Result<Self, HoldError> {
        #[cfg(unix)]
        let file = File::open(folder);
        #[cfg(not(unix))]
        let file = File::create(folder.join(".myop-lock"));
        let file = file.map_err(HoldError::Io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(HoldError::Busy),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Self { _file: None })
            }
            Err(TryLockError::Error(error)) => Err(HoldError::Io(error)),
        }
    }
}

impl Journal {
    /// Begins one in this folder.
    pub(super) fn begin(
        folder: &Path,
        entry: &Entry,
        storage: &impl Storage,
    ) -> Result<Self, HoldError> {
        let (path, lock) = (folder.join(NAME), Lock::hold(folder)?);
        File::create_new(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => HoldError::Busy,
            _ => HoldError::Io(error),
        })?;
        let journal = Self { path, _lock: lock };
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
        if !path.exists() {
            return Ok(None);
        }
        let lock = Lock::hold(folder)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(HoldError::Io(error)),
        };
        if !user.owns(&file).map_err(HoldError::Io)? {
            return Err(HoldError::Foreign);
        }
        let text = io::read_to_string(file).map_err(HoldError::Io)?;
        let (first, rest) = text.split_once('\n').unwrap_or_default();
        let entry: Option<Entry> = serde_json::from_str(first).ok();
        if entry.as_ref().is_some_and(|entry| !entry.stays_in(folder)) {
            return Err(HoldError::Foreign);
        }
        Ok(Some((Self { path, _lock: lock }, entry, rest == STAGED)))
    }

    /// All new texts lie beside their places.
    pub(super) fn staged(&self, storage: &impl Storage) -> io::Result<()> {
        storage.append(&self.path, STAGED)
    }

    /// Nothing is left to be done.
    pub(super) fn end(self, storage: &impl Storage) -> io::Result<()> {
        storage.remove_file(&self.path)
    }
}

impl Entry {
    /// Whether all of it lies in the journal's folder: one that came with somebody's archive could name any file.
    fn stays_in(&self, folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        let is_inside = |path: &Path| {
            let is_plain = |part| matches!(part, Component::Normal(_));
            let place = folder.join(path);
            let there = place.ancestors().find_map(|path| path.canonicalize().ok());
            path.components().all(is_plain) && there.is_some_and(|there| there.starts_with(&folder))
        };
        let steps = self.steps.iter().map(|step| &step.path);
        steps.chain(&self.folders).all(|path| is_inside(path))
    }
}
