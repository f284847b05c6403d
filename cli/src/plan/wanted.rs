//! The files that a command wants to be there.
//!
//! Who keeps a file decides what may happen to it: an author's file is written once, one of myop's is written anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Who keeps a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeper {
    /// The project's author: written once, and refused where another text lies.
    Author,
    /// myop: written anew, and refused where the file does not say so in its first line.
    Myop,
    /// Both: what is wanted was made from what lies there.
    Both,
    /// Whoever was first: written where nothing lies, and otherwise left alone.
    First,
}

/// The files that a command wants to be there.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(super) files: BTreeMap<PathBuf, (Keeper, String)>,
    pub(super) swept: Vec<Swept>,
    /// Files of the author's that go, with the texts that they were given, and what to do with one that has another.
    pub(super) removed: Vec<(PathBuf, String, Edited)>,
    /// Files of the author's in which something changes, with what they would say without edits before and after.
    pub(super) merged: Vec<(PathBuf, String, String, Edited)>,
}

/// What to do with a file that goes and that its author has edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edited {
    Refuse,
    Keep,
    Remove,
}

/// A folder in which no generated file may be left that is not wanted.
#[derive(Debug)]
pub(super) struct Swept {
    pub(super) folder: PathBuf,
    /// Whether such a file can have this name.
    pub(super) can_have: fn(&str) -> bool,
    /// How its first line begins.
    pub(super) header: String,
}

impl Wanted {
    /// Files that are the author's once they are written.
    pub(crate) fn owned(&mut self, files: BTreeMap<String, String>) {
        self.add(Keeper::Author, files);
    }

    /// Files that are the author's once they are written, and where there is one already, that one does.
    pub(crate) fn unless_there(&mut self, files: BTreeMap<String, String>) {
        self.add(Keeper::First, files);
    }

    /// Files that myop writes anew each time.
    pub(crate) fn generated<P: Into<PathBuf>>(
        &mut self,
        files: impl IntoIterator<Item = (P, String)>,
    ) {
        self.add(Keeper::Myop, files);
    }

    /// A file of the author's as it should be from now on.
    pub(crate) fn amended(&mut self, path: impl Into<PathBuf>, text: String) {
        self.files.insert(path.into(), (Keeper::Both, text));
    }

    /// Generated files in this folder that are not wanted have lost their source and go, if they can have their name
    /// and begin like this.
    pub(crate) fn sweep(
        &mut self,
        folder: impl Into<PathBuf>,
        can_have: fn(&str) -> bool,
        header: impl Into<String>,
    ) {
        self.swept.push(Swept {
            folder: folder.into(),
            can_have,
            header: header.into(),
        });
    }

    /// Files that are the author's and go.
    pub(crate) fn removed(&mut self, files: BTreeMap<String, String>, edited: Edited) {
        let files = files.into_iter();
        self.removed
            .extend(files.map(|(path, text)| (path.into(), text, edited)));
    }

    /// Files that are the author's and in which that changes which differs in these texts. One that is not there stays so.
    /// Where the author has edited what would change, nothing is changed at all, unless such a file is to be kept.
    pub(crate) fn merged(
        &mut self,
        before: BTreeMap<String, String>,
        mut after: BTreeMap<String, String>,
        edited: Edited,
    ) {
        for (path, before) in before {
            if let Some(after) = after.remove(&path).filter(|after| *after != before) {
                // A README is for people, and a new repository may have one of its own.
                let edited = if path == "README.md" {
                    Edited::Keep
                } else {
                    edited
                };
                self.merged.push((path.into(), before, after, edited));
            }
        }
    }

    fn add<P: Into<PathBuf>>(
        &mut self,
        keeper: Keeper,
        files: impl IntoIterator<Item = (P, String)>,
    ) {
        self.files.extend(
            files
                .into_iter()
                .map(|(path, text)| (path.into(), (keeper, text))),
        );
    }
}
