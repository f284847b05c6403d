//! A disk that fails, for tests.

use std::cell::Cell;
use std::io;
use std::path::Path;

use super::storage::{Disk, Storage};

/// A disk on which something goes wrong after so many steps.
pub(crate) struct Faulty {
    left: Cell<usize>,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The process is killed: it does nothing any more.
    Kill,
    /// It is killed in the middle of a write.
    KillHalfway,
    /// The disk is full: what needs room fails.
    Full,
}

impl Faulty {
    pub(crate) fn after(steps: usize, fault: Fault) -> Self {
        let left = Cell::new(steps);
        Self { left, fault }
    }

    fn has_struck(&self) -> bool {
        self.left.get() == 0
    }

    fn step(&self, needs_room: bool) -> io::Result<()> {
        if self.fault == Fault::Full && !needs_room {
            return Ok(());
        }
        let left = self.left.get().checked_sub(1);
        self.left.set(left.unwrap_or_default());
        match (left, self.fault) {
            (Some(_), _) => Ok(()),
            (None, Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            (None, _) => Err(io::Error::other("killed")),
        }
    }

    fn text<'a>(&self, text: &'a str, write: impl Fn(&'a str) -> io::Result<()>) -> io::Result<()> {
        let was_well = !self.has_struck();
        let step = self.step(true);
        if step.is_err() && was_well && self.fault == Fault::KillHalfway {
            write(&text[..text.len() / 2])?;
        }
        step.and_then(|()| write(text))
    }
}

impl Storage for Faulty {
    fn read(&self, path: &Path) -> io::Result<Option<String>> {
        Disk.read(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step(true).and_then(|()| Disk.create_folder(path))
    }

    fn write(&self, path: &Path, text: &str, like: &Path) -> io::Result<()> {
        self.text(text, |text| Disk.write(path, text, like))
    }

    fn append(&self, path: &Path, text: &str) -> io::Result<()> {
        self.text(text, |text| Disk.append(path, text))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(false).and_then(|()| Disk.rename(from, to))
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(false).and_then(|()| Disk.remove_file(path))
    }

    fn remove_empty_folder(&self, path: &Path) -> io::Result<()> {
        self.step(false)
            .and_then(|()| Disk.remove_empty_folder(path))
    }
}
