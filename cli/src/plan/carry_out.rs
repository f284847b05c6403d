//! The one place that writes: all of a plan, or nothing, whatever happens meanwhile.
//!
//! What is to be changed is first written into a [`journal`](super::journal). Then all new texts are laid beside their
//! places, so that a full disk or a folder without write access is met before anything changes. Only then is each moved
//! to its place, which needs no room. A process that is killed leaves the journal behind, and the next command completes
//! or undoes by it. A failing machine is not covered: nothing waits for the disk to have it in writing.

use std::io;
use std::path::{Path, PathBuf};

use super::Plan;
use super::journal::{Entry, HoldError, Journal, NAME, Step, User, staged};
use super::storage::{Disk, Storage};

/// A plan could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CarryOutError {
    #[error("cannot write {}; nothing was changed", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} was changed by somebody else meanwhile; nothing was changed", .path.display())]
    Meanwhile { path: PathBuf },
    #[error("another myop is at work in {}", .folder.display())]
    Busy { folder: PathBuf },
    #[error("`{command}` was interrupted, and {} was edited since, so that it can be neither completed nor undone", .path.display())]
    Edited {
        command: String,
        path: PathBuf,
        help: String,
    },
    #[error("`{command}` was interrupted and could be neither completed nor undone: cannot write {}", .path.display())]
    Stuck {
        command: String,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{} was left by another user, or names files elsewhere", .path.display())]
    Foreign { path: PathBuf },
    #[error("an earlier command was interrupted in {}, and this one is to write nothing", .folder.display())]
    Unsettled { folder: PathBuf },
}

impl CarryOutError {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::Write { .. } => "mend that and ask again",
            Self::Stuck { .. } => {
                "mend that and ask again, or remove the file .myop-journal to keep all as it is now"
            }
            Self::Meanwhile { .. } => "ask again",
            Self::Foreign { .. } => "remove it, unless that user should run myop here first",
            Self::Busy { .. } => "ask again when it has ended",
            Self::Edited { help, .. } => help,
            Self::Unsettled { .. } => {
                "run any command that writes, `myop manifests` for one: it completes or undoes the earlier one first"
            }
        }
    }
}

/// Makes the changes below `root`, for `command`.
///
/// # Errors
/// When something can't be written: then all is as it was.
pub(crate) fn carry_out(plan: &Plan, root: &Path, command: &str) -> Result<(), CarryOutError> {
    carry_out_on(&Disk, plan, root, command)
}

pub(crate) fn carry_out_on(
    storage: &impl Storage,
    plan: &Plan,
    root: &Path,
    command: &str,
) -> Result<(), CarryOutError> {
    if plan.is_empty() {
        return Ok(());
    }
    let (folder, entry) = entry_of(plan, root, command);
    let wrong = |path: &Path| {
        let path = folder.join(path);
        |source| CarryOutError::Write { path, source }
    };
    let journal = Journal::begin(&folder, &entry, storage).map_err(|error| match error {
        HoldError::Busy | HoldError::Foreign => CarryOutError::Busy {
            folder: folder.clone(),
        },
        HoldError::Io(source) => wrong(Path::new(NAME))(source),
    })?;
    let work = Work {
        storage,
        folder: &folder,
        entry: &entry,
    };
    if let Err(error) = work.check_untouched() {
        let _ = journal.end(storage);
        return Err(error);
    }
    let carried_out = work
        .stage()
        .map_err(|(path, source)| wrong(&path)(source))
        .and_then(|()| {
            let staged = journal.staged(storage);
            staged.map_err(|source| wrong(Path::new(NAME))(source))
        })
        .and_then(|()| {
            work.complete()
                .map_err(|(path, source)| wrong(&path)(source))
        });
    if carried_out.is_err() {
        work.undo().map_err(|(path, source)| CarryOutError::Stuck {
            command: command.to_owned(),
            path: folder.join(path),
            source,
        })?;
    }
    // One that can't be removed says what is done already.
    let _ = journal.end(storage);
    carried_out
}

/// What became of a command that was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recovered {
    Completed(String),
    Undone(String),
}

/// Completes or undoes what an interrupted command has left in a folder or above it.
///
/// # Errors
/// When that can't be done without losing what somebody has edited since.
pub(crate) fn recover(folder: &Path) -> Result<Option<Recovered>, CarryOutError> {
    recover_on(&Disk, folder, User::current())
}

/// Makes sure that no interrupted command has left anything, for a command that must write nothing.
///
/// # Errors
/// When one has.
pub(crate) fn check_settled(folder: &Path) -> Result<(), CarryOutError> {
    for folder in folder.ancestors() {
        match Journal::left_in(folder, User::current()) {
            Ok(None) => {}
            Err(HoldError::Busy) => {
                return Err(CarryOutError::Busy {
                    folder: folder.to_owned(),
                });
            }
            Ok(Some(_)) | Err(_) => {
                return Err(CarryOutError::Unsettled {
                    folder: folder.to_owned(),
                });
            }
        }
    }
    Ok(())
}

fn recover_on(
    storage: &impl Storage,
    folder: &Path,
    user: User,
) -> Result<Option<Recovered>, CarryOutError> {
    for folder in folder.ancestors() {
        let left = Journal::left_in(folder, user).map_err(|error| match error {
            HoldError::Busy => CarryOutError::Busy {
                folder: folder.to_owned(),
            },
            HoldError::Foreign => CarryOutError::Foreign {
                path: folder.join(NAME),
            },
            HoldError::Io(source) => CarryOutError::Stuck {
                command: "myop".to_owned(),
                path: folder.join(NAME),
                source,
            },
        })?;
        let Some((journal, entry, is_staged)) = left else {
            continue;
        };
        let stuck = |command: &str| {
            let command = command.to_owned();
            |(path, source)| CarryOutError::Stuck {
                command,
                path: folder.join(path),
                source,
            }
        };
        let Some(entry) = entry else {
            // It had not come to do anything.
            let ended = journal.end(storage);
            ended.map_err(|error| stuck("myop")((NAME.into(), error)))?;
            continue;
        };
        let work = Work {
            storage,
            folder,
            entry: &entry,
        };
        let command = entry.command.clone();
        let recovered = if is_staged {
            work.check_unedited()?;
            if work.complete().is_ok() {
                Recovered::Completed(command.clone())
            } else {
                work.undo().map_err(stuck(&command))?;
                Recovered::Undone(command.clone())
            }
        } else {
            work.undo().map_err(stuck(&command))?;
            Recovered::Undone(command.clone())
        };
        let ended = journal.end(storage);
        ended.map_err(|error| stuck(&command)((NAME.into(), error)))?;
        return Ok(Some(recovered));
    }
    Ok(None)
}

type Failed = (PathBuf, io::Error);

/// What is under way in a folder.
struct Work<'a, S> {
    storage: &'a S,
    folder: &'a Path,
    entry: &'a Entry,
}

impl<S: Storage> Work<'_, S> {
    /// Nobody has written between the reading of the tree and the journal.
    fn check_untouched(&self) -> Result<(), CarryOutError> {
        for step in &self.entry.steps {
            let path = step.place(self.folder);
            let found = self.storage.read(&path);
            if found.map_err(|source| CarryOutError::Write {
                path: path.clone(),
                source,
            })? != step.old
            {
                return Err(CarryOutError::Meanwhile { path });
            }
        }
        Ok(())
    }

    /// Nobody has edited what a killed process has left.
    fn check_unedited(&self) -> Result<(), CarryOutError> {
        for step in &self.entry.steps {
            let path = step.place(self.folder);
            // What can't be read as text was not written here.
            let found = self.storage.read(&path);
            let is_left = found.is_ok_and(|found| found == step.old || found == step.new);
            if !is_left {
                let journal = self.folder.join(NAME);
                return Err(CarryOutError::Edited {
                    command: self.entry.command.clone(),
                    help: format!(
                        "move {} away and ask again, or remove {} to keep all as it is now",
                        path.display(),
                        journal.display()
                    ),
                    path,
                });
            }
        }
        Ok(())
    }

    /// Lays the new texts beside their places.
    fn stage(&self) -> Result<(), Failed> {
        for folder in &self.entry.folders {
            let made = self.storage.create_folder(&self.folder.join(folder));
            made.map_err(|error| (folder.clone(), error))?;
        }
        for step in &self.entry.steps {
            if let Some(new) = &step.new {
                let path = step.place(self.folder);
                let written = self.storage.write(&staged(&path), new, &path);
                written.map_err(|error| (step.path.clone(), error))?;
            }
        }
        Ok(())
    }

    /// Moves what was staged to its place, and removes what goes; what is done already is left alone.
    fn complete(&self) -> Result<(), Failed> {
        for step in &self.entry.steps {
            let wrong = |error| (step.path.clone(), error);
            let path = step.place(self.folder);
            let Some(new) = &step.new else {
                self.storage.remove_file(&path).map_err(wrong)?;
                self.remove_emptied_folders(&path).map_err(wrong)?;
                continue;
            };
            let staged = staged(&path);
            if self.storage.read(&staged).map_err(wrong)?.is_some() {
                self.storage.rename(&staged, &path).map_err(wrong)?;
            } else if self.storage.read(&path).map_err(wrong)?.as_ref() != Some(new) {
                self.put(&path, new).map_err(wrong)?;
            }
        }
        Ok(())
    }

    /// Puts all back.
    fn undo(&self) -> Result<(), Failed> {
        for step in self.entry.steps.iter().rev() {
            let wrong = |error| (step.path.clone(), error);
            let path = step.place(self.folder);
            self.storage.remove_file(&staged(&path)).map_err(wrong)?;
            let is_new = |found: Option<String>| found == step.new;
            match &step.old {
                // What can't be read as text was not written here.
                _ if !self.storage.read(&path).is_ok_and(is_new) => {}
                Some(old) => {
                    self.bring_back_folders(&path).map_err(wrong)?;
                    self.put(&path, old).map_err(wrong)?;
                }
                None => self.storage.remove_file(&path).map_err(wrong)?,
            }
        }
        for folder in self.entry.folders.iter().rev() {
            let removed = self.storage.remove_empty_folder(&self.folder.join(folder));
            removed.map_err(|error| (folder.clone(), error))?;
        }
        Ok(())
    }

    /// Writes a text so that there is always the one before or this one.
    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        let staged = staged(path);
        self.storage.write(&staged, text, path)?;
        self.storage.rename(&staged, path)
    }

    fn remove_emptied_folders(&self, path: &Path) -> io::Result<()> {
        let above = path.ancestors().skip(1);
        for folder in above.take_while(|folder| *folder != self.folder) {
            self.storage.remove_empty_folder(folder)?;
            if folder.exists() {
                break;
            }
        }
        Ok(())
    }

    fn bring_back_folders(&self, path: &Path) -> io::Result<()> {
        let missing = missing_above(path);
        missing
            .iter()
            .try_for_each(|folder| self.storage.create_folder(folder))
    }
}

/// The changes as a journal has them, and the folder that it belongs in.
fn entry_of(plan: &Plan, root: &Path, command: &str) -> (PathBuf, Entry) {
    let changes = plan.changes.iter();
    let named: Vec<_> = changes
        .map(|(path, change)| (root.join(path), change))
        .collect();
    let around = named.iter().fold(root.to_owned(), |one, (path, _)| {
        common(&one, path.parent().unwrap_or(path))
    });
    let folder = around.ancestors().find(|folder| folder.is_dir());
    let folder = folder.unwrap_or(&around).to_owned();
    let relative = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).to_owned();

    let mut folders: Vec<_> = named
        .iter()
        .flat_map(|(path, _)| missing_above(path))
        .map(|path| relative(&path))
        .collect();
    folders.sort();
    folders.dedup();
    let steps = named.iter().map(|(path, change)| {
        let (old, new) = change.texts();
        Step {
            path: relative(path),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        }
    });
    let entry = Entry {
        command: command.to_owned(),
        folders,
        steps: steps.collect(),
    };
    (folder, entry)
}

/// The folder that both lie in.
fn common(one: &Path, other: &Path) -> PathBuf {
    let parts = one.components().zip(other.components());
    parts
        .take_while(|(one, other)| one == other)
        .map(|(part, _)| part)
        .collect()
}

/// The folders above a file that are not there, each before those inside it.
fn missing_above(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1);
    let mut missing: Vec<_> = above
        .take_while(|folder| !folder.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    missing
}

#[cfg(test)]
mod tests;
