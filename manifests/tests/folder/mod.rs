//! A folder with files that are edited.

use std::fs;
use std::path::Path;

/// Files, and what each can have in it, the first at the beginning, or that it is not there.
pub(crate) type Files = [(&'static str, &'static [Option<&'static str>])];

/// Writes a file, or removes it.
pub(crate) fn put(folder: &Path, (path, text): (&str, Option<&str>)) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match text {
        Some(text) => fs::write(path, text).unwrap(),
        None => drop(fs::remove_file(path)),
    }
}

/// Writes all files as they are at the beginning.
pub(crate) fn fill(folder: &Path, files: &Files) {
    for (path, texts) in files {
        put(folder, (path, texts[0]));
    }
}
