//! The file by which kubectl finds a cluster: what is written there for it goes with the cluster.

mod entries;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use self::entries::Entries;
use super::shell;

/// How often it is tried to be the one who writes, while somebody else is.
const TRIES: u32 = 40;

/// The entries of a cluster in a kubeconfig, which go with this value.
#[derive(Debug)]
pub(crate) struct KubeconfigFile {
    path: PathBuf,
    /// What was there before, if the file was.
    before: Option<Vec<u8>>,
    ours: Entries,
    /// The whole file, as it was written.
    written: String,
}

/// The file can't be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KubeconfigError {
    #[error("{} is there already, and is no kubeconfig", .0.display())]
    Foreign(PathBuf),
    #[error("{} is being written by another program, as {} says", .path.display(), .lock.display())]
    Locked { path: PathBuf, lock: PathBuf },
    #[error("cannot read {}", .path.display())]
    NotRead { path: PathBuf, source: io::Error },
    #[error("cannot write the kubeconfig {}", .path.display())]
    NotWritten { path: PathBuf, source: io::Error },
}

impl KubeconfigError {
    /// The way out.
    pub(crate) fn help(&self) -> &str {
        match self {
            Self::Locked { .. } => "remove that file if no other program is at work",
            Self::Foreign(_) | Self::NotRead { .. } | Self::NotWritten { .. } => {
                "name another file by --kubeconfig"
            }
        }
    }
}

impl KubeconfigFile {
    /// Puts a cluster's entries into the kubeconfig at this path, beside those that are there, and makes its context the
    /// current one.
    ///
    /// # Errors
    /// Where something else lies there, or nothing can be written: then all is as it was.
    pub(crate) fn at(path: PathBuf, kubeconfig: &str) -> Result<Self, KubeconfigError> {
        // Of a link, the file that it leads to is written.
        let path = path.canonicalize().unwrap_or(path);
        // A folder, or a device: nothing is put in its place.
        if fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(KubeconfigError::Foreign(path));
        }
        let _lock = Lock::on(&path)?;
        let before = match read(&path) {
            Ok(found) => found,
            Err(source) => return Err(KubeconfigError::NotRead { path, source }),
        };
        let entries = |text: &[u8]| {
            let read = Entries::read(text);
            read.ok_or_else(|| KubeconfigError::Foreign(path.clone()))
        };
        let ours = entries(kubeconfig.as_bytes())?;
        let mut all = entries(before.as_deref().unwrap_or_default())?;
        all.take_in(&ours);
        let written = all.text().unwrap_or_default();
        match write(&path, written.as_bytes()) {
            Ok(()) => Ok(Self {
                path,
                before,
                ours,
                written,
            }),
            Err(source) => Err(KubeconfigError::NotWritten { path, source }),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file what it would be without ours.
    fn take_back(&self) -> io::Result<()> {
        let found = fs::read(&self.path)?;
        if found == self.written.as_bytes() {
            return match &self.before {
                Some(before) => write(&self.path, before),
                None => fs::remove_file(&self.path),
            };
        }
        // Somebody has written there since, and it may be anything.
        let Some(mut all) = Entries::read(&found) else {
            return Ok(());
        };
        all.take_out(&self.ours);
        let before = self.before.as_deref().and_then(Entries::read);
        all.fall_back_to(before.as_ref().and_then(Entries::current));
        if all.is_empty() {
            return fs::remove_file(&self.path);
        }
        all.text()
            .map_or(Ok(()), |text| write(&self.path, text.as_bytes()))
    }
}

impl Drop for KubeconfigFile {
    fn drop(&mut self) {
        let path = &self.path;
        // The cluster ends in any case.
        let _ = Lock::on(path).map(|_lock| self.take_back());
    }
}

/// What is in the file, if there is one.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All at once, and a new file readable for nobody else from the beginning.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder_of(path))?;
    file.write_all(text)?;
    if let Ok(before) = fs::metadata(path) {
        file.as_file().set_permissions(before.permissions())?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The file beside a kubeconfig by which kubectl and kind, too, say that they are about to write it.
#[derive(Debug)]
struct Lock(PathBuf);

impl Lock {
    fn on(path: &Path) -> Result<Self, KubeconfigError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        let lock = PathBuf::from(name);
        for _ in 0..TRIES {
            match fs::File::create_new(&lock) {
                Ok(_) => return Ok(Self(lock)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    thread::sleep(Duration::from_millis(50));
                }
                Err(mut source) => {
                    let folder = folder_of(path);
                    if !folder.is_dir() {
                        let missing = format!("there is no folder {}", folder.display());
                        source = io::Error::new(io::ErrorKind::NotFound, missing);
                    }
                    let path = path.to_owned();
                    return Err(KubeconfigError::NotWritten { path, source });
                }
            }
        }
        Err(KubeconfigError::Locked {
            path: path.to_owned(),
            lock,
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The line that makes kubectl use a kubeconfig.
pub(crate) fn export(path: &Path) -> String {
    format!("export KUBECONFIG={}", shell::word(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(name: &str) -> String {
        format!(
            "# {name}'s\nkind: Config\nclusters: [{{name: {name}}}]\nusers: [{{name: {name}}}]\n\
             contexts: [{{name: {name}}}]\ncurrent-context: {name}\n"
        )
    }

    fn current(path: &Path) -> Option<String> {
        let entries = Entries::read(&fs::read(path).unwrap()).unwrap();
        entries.current().map(str::to_owned)
    }

    #[test]
    fn what_was_there_before_is_there_afterwards_to_the_letter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, config("mine")).unwrap();
        let first = KubeconfigFile::at(path.clone(), &config("a")).unwrap();
        let second = KubeconfigFile::at(path.clone(), &config("b")).unwrap();
        assert_eq!(current(&path).as_deref(), Some("b"));
        drop(second);
        assert_eq!(current(&path).as_deref(), Some("a"));
        drop(first);
        assert_eq!(fs::read_to_string(&path).unwrap(), config("mine"));
    }

    #[test]
    fn each_takes_only_its_own_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let first = KubeconfigFile::at(path.clone(), &config("a")).unwrap();
        let second = KubeconfigFile::at(path.clone(), &config("b")).unwrap();
        drop(first);
        assert_eq!(current(&path).as_deref(), Some("b"));
        drop(second);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_kubeconfig_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let others: [&[u8]; 3] = [b"mine", b"\xff\xfe\x00", b"kind: Secret"];
        for other in others {
            fs::write(&path, other).unwrap();
            let refused = KubeconfigFile::at(path.clone(), &config("a")).unwrap_err();
            assert!(matches!(refused, KubeconfigError::Foreign(_)));
            assert_eq!(fs::read(&path).unwrap(), other);
        }
        let refused = KubeconfigFile::at(folder.path().to_owned(), &config("a")).unwrap_err();
        assert!(matches!(refused, KubeconfigError::Foreign(_)));
        #[cfg(unix)]
        {
            let socket = folder.path().join("socket");
            let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
            let refused = KubeconfigFile::at(socket, &config("a")).unwrap_err();
            assert!(matches!(refused, KubeconfigError::Foreign(_)));
        }
        let made = folder.path().join("new");
        let file = KubeconfigFile::at(made.clone(), &config("a")).unwrap();
        fs::write(&made, b"\xff").unwrap();
        drop(file);
        assert_eq!(fs::read(&made).unwrap(), b"\xff");
    }
}
