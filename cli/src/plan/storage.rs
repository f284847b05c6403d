//! The door to the disk: all that a plan does there.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::tree::is_not_there;

/// What can be done to files and folders.
pub(crate) trait Storage {
    /// The text of a file, if there is one.
    fn read(&self, path: &Path) -> io::Result<Option<String>>;

    /// Makes a folder in one that is there.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Writes a file, with the permissions of that at `like`, if one is there.
    fn write(&self, path: &Path, text: &str, like: &Path) -> io::Result<()>;

    /// Adds to the end of a file.
    fn append(&self, path: &Path, text: &str) -> io::Result<()>;

    /// Puts a file in the place of another one, or where none is.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file that may not be there.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder, unless something lies in it; it may not be there.
    fn remove_empty_folder(&self, path: &Path) -> io::Result<()>;
}

/// The disk itself.
pub(super) struct Disk;

impl Storage for Disk {
    fn read(&self, path: &Path) -> io::Result<Option<String>> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if is_not_there(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn write(&self, path: &Path, text: &str, like: &Path) -> io::Result<()> {
        let mut file = fs::File::create(path)?;
        if let Ok(metadata) = fs::metadata(like) {
            file.set_permissions(metadata.permissions())?;
        }
        file.write_all(text.as_bytes())
    }

    fn append(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut file = fs::File::options().append(true).open(path)?;
        file.write_all(text.as_bytes())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        allow_if(fs::remove_file(path), is_not_there)
    }

    fn remove_empty_folder(&self, path: &Path) -> io::Result<()> {
        let is_fine = |error: &io::Error| {
            is_not_there(error) || error.kind() == io::ErrorKind::DirectoryNotEmpty
        };
        allow_if(fs::remove_dir(path), is_fine)
    }
}

fn allow_if(done: io::Result<()>, is_fine: impl Fn(&io::Error) -> bool) -> io::Result<()> {
    match done {
        Err(error) if is_fine(&error) => Ok(()),
        done => done,
    }
}
