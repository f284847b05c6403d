//! The programs that a command takes, found before anything starts.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A program of this name in the folders of a PATH, or at this path.
pub(crate) fn find(name: impl AsRef<Path>, path: &OsStr) -> Option<PathBuf> {
    let name = name.as_ref();
    let candidates = if name.components().count() > 1 {
        vec![name.to_owned()]
    } else {
        env::split_paths(path)
            .map(|folder| folder.join(name))
            .collect()
    };
    let files = candidates.into_iter().flat_map(|file| {
        let mut with_suffix = file.clone().into_os_string();
        with_suffix.push(EXE_SUFFIX);
        [file, with_suffix.into()]
    });
    files.into_iter().find(|file| file.is_file())
}
