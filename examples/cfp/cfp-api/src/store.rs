//! The records on disk: `<data-dir>/<kind>/<id>.json`, a file each.
//!
//! A file is replaced whole, by a rename, so a reader sees the old record or the new one and waits for nobody. Writers
//! take turns: between a [`Writer`]'s look at the records and its write, nothing changes.

use std::{
    fs::{self, File},
    io::{self, Write},
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{
    json::{self, Malformed},
    proposal::Proposal,
    record::{self, Record},
    speaker::Speaker,
};

/// A file's name holds 255 bytes; `.json` takes five.
const LONGEST_ID: usize = 250;

/// A new record until it is whole. There is one writer, so one name will do, and what a crash leaves there is
/// overwritten. No id begins with a dot.
const UNFINISHED: &str = ".unfinished";

#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error(
        "ID {0:?} can't be used: an ID is {LONGEST_ID} bytes at most, begins with no dot, and holds one '/' at most, \
         no '\\' and no control characters"
    )]
    Id(String),
    #[error("could not {doing} {}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("could not understand {}", path.display())]
    Malformed { path: PathBuf, source: Malformed },
}

#[derive(Debug)]
pub(crate) struct Store {
    data_dir: PathBuf,
    turn: Mutex<()>,
    changes: watch::Sender<()>,
}

impl Store {
    pub(crate) fn open(data_dir: &Path) -> io::Result<Self> {
        for kind in [Speaker::PLURAL, Proposal::PLURAL] {
            let folder = data_dir.join(kind);
            fs::create_dir_all(&folder).map_err(|error| {
                let text = format!("could not make the folder {}: {error}", folder.display());
                io::Error::new(error.kind(), text)
            })?;
        }
        Ok(Self {
            data_dir: data_dir.into(),
            turn: Mutex::new(()),
            changes: watch::Sender::new(()),
        })
    }

    /// Does `work` where waiting for the disk holds up no other request.
    pub(crate) async fn run<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> T {
        tokio::task::spawn_blocking(move || work(&self))
            .await
            .expect("work on the store does not panic")
    }

    /// Hears of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// All records of a kind, in the order of their files' names.
    pub(crate) fn list<R: Record>(&self) -> Result<Vec<R>, StoreError> {
        let folder = self.data_dir.join(R::PLURAL);
        let mut paths = paths_in(&folder).map_err(|source| failed("list", folder, source))?;
        paths.retain(|path| is_record(path));
        paths.sort();
        let records = paths.into_iter().map(read).filter_map(Result::transpose);
        records.collect()
    }

    pub(crate) fn get<R: Record>(&self, id: &str) -> Result<Option<R>, StoreError> {
        read(self.path::<R>(id)?)
    }

    pub(crate) fn contains<R: Record>(&self, id: &str) -> Result<bool, StoreError> {
        let path = self.path::<R>(id)?;
        path.try_exists()
            .map_err(|source| failed("look for", path, source))
    }

    /// Waits for its turn to write.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer {
            store: self,
            _turn: self.turn.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn path<R: Record>(&self, id: &str) -> Result<PathBuf, StoreError> {
        let name = name_of(id);
        let leaves_the_folder = name.contains(['/', '\\']) || name.starts_with('.');
        let no_name = name.is_empty() || name.len() > LONGEST_ID || name.contains(char::is_control);
        if leaves_the_folder || no_name {
            return Err(StoreError::Id(id.into()));
        }
        Ok(self.data_dir.join(R::PLURAL).join(name + ".json"))
    }
}

/// The one who may write at present.
pub(crate) struct Writer<'a> {
    store: &'a Store,
    _turn: MutexGuard<'a, ()>,
}

impl Deref for Writer<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store
    }
}

impl Writer<'_> {
    pub(crate) fn put<R: Record>(&self, record: &R) -> Result<(), StoreError> {
        let path = self.path::<R>(record.id())?;
        replace(&path, &json::line(record)).map_err(|source| failed("write", path, source))?;
        self.changes.send_replace(());
        Ok(())
    }

    /// False where there is no such record.
    pub(crate) fn delete<R: Record>(&self, id: &str) -> Result<bool, StoreError> {
        let path = self.path::<R>(id)?;
        match remove(&path) {
            Ok(()) => {
                self.changes.send_replace(());
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(failed("delete", path, source)),
        }
    }
}

/// What an id is called in paths and on disk.
pub(crate) fn name_of(id: &str) -> String {
    id.replacen('/', "-", 1)
}

fn paths_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect()
}

fn is_record(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "json")
}

fn read<R: Record>(path: PathBuf) -> Result<Option<R>, StoreError> {
    match fs::read(&path) {
        Ok(text) => record::parse(&text)
            .map(Some)
            .map_err(|source| StoreError::Malformed { path, source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed("read", path, source)),
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_file_name(UNFINISHED);
    let mut file = File::create(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

fn remove(path: &Path) -> io::Result<()> {
    fs::remove_file(path)?;
    sync_folder_of(path)
}

/// A name that came or went is on the disk only once its folder is.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn failed(doing: &'static str, path: PathBuf, source: io::Error) -> StoreError {
    StoreError::File {
        doing,
        path,
        source,
    }
}
