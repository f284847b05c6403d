//! Where what is kept of a crate's definitions lies: a file a crate, in the user's folder for caches. Whatever goes wrong
//! there, the crate is read whole.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use myop_manifests::{Descriptions, Kept};
use serde::{Deserialize, Serialize};

/// How long something is left there for a crate that nobody asks for any more.
const LEFT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The file of a crate.
#[derive(Debug)]
pub(super) struct KeptFile {
    /// None where the user has no folder for caches.
    path: Option<PathBuf>,
    /// Of what, and by whom.
    made: Made,
}

/// Of what something is kept, and by whom: anybody else has no use for it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Made {
    krate: PathBuf,
    descriptions: String,
    program: PathBuf,
    /// When that was built, and how large it is.
    build: (Option<SystemTime>, u64),
}

impl KeptFile {
    /// That of the crate in a folder.
    pub(super) fn of(caches: Option<&Path>, folder: &Path, descriptions: Descriptions) -> Self {
        let krate = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let mut hasher = DefaultHasher::new();
        krate.hash(&mut hasher);
        let name = format!("{:016x}", hasher.finish());
        let program = env::current_exe().unwrap_or_default();
        let build = fs::metadata(&program).ok();
        let build = build.map(|found| (found.modified().ok(), found.len()));
        Self {
            path: caches.map(|folder| folder.join("manifests").join(name)),
            made: Made {
                krate,
                descriptions: descriptions.to_string(),
                program,
                build: build.unwrap_or_default(),
            },
        }
    }

    /// What is kept, which is nothing where somebody else has kept it.
    pub(super) fn read(&self) -> Kept {
        let text = self
            .path
            .as_ref()
            .and_then(|path| fs::read_to_string(path).ok());
        let kept = text.as_deref().and_then(|text| self.own(text));
        kept.unwrap_or_default()
    }

    fn own(&self, text: &str) -> Option<Kept> {
        let (made, kept) = text.split_once('\n')?;
        let made: Made = serde_json::from_str(made).ok()?;
        if made == self.made {
            Kept::read(kept)
        } else {
            None
        }
    }

    /// Keeps it, in place of what was kept before.
    pub(super) fn write(&self, kept: &Kept) {
        let (Some(path), Ok(made)) = (&self.path, serde_json::to_string(&self.made)) else {
            return;
        };
        let Some(folder) = path.parent() else { return };
        if fs::create_dir_all(folder).is_err() {
            return;
        }
        // A new file, for a system would see to it at once that one in place of another is on the disk. Half a file is none.
        if fs::remove_file(path).is_err() {
            sweep(folder);
        }
        // Without it the next reading is slower, and no other.
        let _ = fs::write(path, made + "\n" + &kept.text());
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
