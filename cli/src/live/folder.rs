//! The folder of a command that goes on: what it needs meanwhile, and nobody afterwards.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// How the names of all of them begin.
const PREFIX: &str = "myop-";

/// The file that a command holds locked for as long as it runs, however it ends.
const LOCK: &str = ".running";

/// A folder that goes with this value. Where its command was killed, the next one removes it.
#[derive(Debug)]
pub(crate) struct RunFolder {
    folder: TempDir,
    /// Let go of by the system, too.
    lock: File,
}

impl RunFolder {
    /// Makes one for a command of this name, once those of commands that were killed are gone.
    ///
    /// # Errors
    /// Where it can't be made.
    pub(crate) fn new_in(place: &Path, command: &str) -> io::Result<Self> {
        sweep(place);
        let prefix = format!("{PREFIX}{command}-");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(place)?;
        // It has its name once it is locked: until then nobody takes the folder for one that was left.
        let new = folder.path().join(".new");
        let lock = File::create_new(&new)?;
        lock.lock()?;
        fs::rename(&new, folder.path().join(LOCK))?;
        Ok(Self { folder, lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Leaves it where it is, for good.
    pub(crate) fn keep(self) -> PathBuf {
        let Self {
            folder,
            lock: _lock,
        } = self;
        let path = folder.keep();
        // Without it nobody removes it.
        let _ = fs::remove_file(path.join(LOCK));
        path
    }
}

/// Removes the folders of commands that were killed, so far as they are ours to remove.
fn sweep(place: &Path) {
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    for entry in ours {
        let folder = entry.path();
        let lock = File::open(folder.join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_command_left_goes_with_the_next() {
        let place = tempfile::tempdir().unwrap();
        let alive = RunFolder::new_in(place.path(), "dev").unwrap();
        let killed = RunFolder::new_in(place.path(), "dev").unwrap();
        fs::write(killed.path().join("program"), "large").unwrap();
        let RunFolder { folder, lock } = killed;
        let left = folder.keep();
        drop(lock);
        let foreign = place.path().join("myop-of-somebody-else");
        fs::create_dir(&foreign).unwrap();

        let next = RunFolder::new_in(place.path(), "dev").unwrap();
        assert!(!left.exists());
        assert!(alive.path().exists() && foreign.exists());

        let kept = next.keep();
        drop(RunFolder::new_in(place.path(), "dev").unwrap());
        assert!(kept.exists());
    }
}
