//! Where what is kept of a crate's declarations lies: a file a crate, in the user's folder for caches. Whatever goes wrong
//! there, the crate is read whole.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use myop_manifests::{Descriptions, Kept};
use serde::{Deserialize, Serialize};

/// How long something is left there for a crate that has not changed since.
const LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// This program's folder for what it can make again.
#[derive(Debug, Clone)]
pub(crate) struct Caches {
    folder: PathBuf,
    program: Program,
}

/// A program, as it was built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Program {
    version: String,
    path: PathBuf,
    built: SystemTime,
    bytes: u64,
}

/// Whose declarations they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Whose {
    /// All kinds of a crate.
    Crate,
    /// The kinds and the controllers that an operator lists.
    Operator,
}

/// The file of one.
#[derive(Debug)]
pub(super) struct KeptFile {
    path: PathBuf,
    made: Made,
}

/// Of what something is kept, and by whom: anybody else has no use for it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    whose: Whose,
    krate: PathBuf,
    descriptions: String,
    program: Program,
}

impl Caches {
    /// That of the program that runs, unless it can't be told from others.
    pub(crate) fn new(folder: PathBuf) -> Option<Self> {
        let path = env::current_exe().ok()?;
        let found = fs::metadata(&path).ok()?;
        Some(Self {
            folder,
            program: Program {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                built: found.modified().ok()?,
                bytes: found.len(),
                path,
            },
        })
    }

    /// The file of the crate or the operator in a folder.
    pub(super) fn file(&self, whose: Whose, folder: &Path, descriptions: Descriptions) -> KeptFile {
        let krate = folder.canonicalize();
        let krate = krate.unwrap_or_else(|_| folder.to_owned());
        let mut hasher = DefaultHasher::new();
        (whose, &krate).hash(&mut hasher);
        let name = format!("{:016x}", hasher.finish());
        KeptFile {
            path: self.folder.join("manifests").join(name),
            made: Made {
                whose,
                krate,
                descriptions: descriptions.to_string(),
                program: self.program.clone(),
            },
        }
    }
}

impl KeptFile {
    /// What is kept, unless somebody else has kept it.
    pub(super) fn read(&self) -> Option<Kept> {
        let text = fs::read_to_string(&self.path).ok()?;
        let (made, kept) = text.split_once('\n')?;
        let made: Made = serde_json::from_str(made).ok()?;
        Kept::read(kept).filter(|_| made == self.made)
    }

    /// Keeps it, in place of what was kept before. Where it can't be written, the next reading is slower, and no other.
    pub(super) fn write(&self, kept: &Kept) {
        let (Some(folder), Ok(made)) = (self.path.parent(), serde_json::to_string(&self.made))
        else {
            return;
        };
        if fs::create_dir_all(folder).is_err() {
            return;
        }
        // A new file: a system sees to it at once that one in place of another is on the disk. Half a file is none.
        if fs::remove_file(&self.path).is_err() {
            sweep(folder);
        }
        if let Ok(mut file) = fs::File::create_new(&self.path) {
            let _ = writeln!(file, "{made}").and_then(|()| file.write_all(kept.text().as_bytes()));
        }
    }
}

/// Removes what was left there for long.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let written = entry.metadata().and_then(|found| found.modified());
        let age = written.ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age > LEFT) {
            let _ = fs::remove_file(entry.path());
        }
    }
}
